// Forms sent without leaving the page, and what people are told about it.

export const main = () => document.querySelector("main");

export function announce(...sentences) {
  document.querySelector("[data-announcement]").textContent = sentences.join(" ");
}

/**
 * Send a form's values. What comes back has `ok`, and the answer's own fields, among them
 * `problem` where it was refused. Nothing comes back when the session has ended.
 */
export async function post(address, body) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      body,
      // Whoever leaves the page at once has decided all the same.
      keepalive: true,
      headers: { Accept: "application/json" },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: main().dataset.offline };
  }
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (isJson) return { ok: answer.ok, ...(await answer.json()) };
  if (answer.redirected || answer.ok) location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { ok: false, problem: page.querySelector("main p")?.textContent || "" };
}

/** The values of a form of ours that has nothing but its token. */
export function tokenOnly() {
  const body = new FormData();
  body.set("csrf_token", main().dataset.token);
  return body;
}
