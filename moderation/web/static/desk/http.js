// Forms sent without leaving the page, and what people are told about it.

export const main = () => document.querySelector("main");

export function announce(...sentences) {
  document.querySelector("[data-announcement]").textContent = sentences.join(" ");
}

/**
 * Send a form's values. What comes back has `ok`, and the answer's own fields, among them
 * `problem` where it was refused. Nothing comes back when the session has ended.
 */
export function post(address, body) {
  // Whoever leaves the page at once has decided all the same.
  return ask(address, { method: "POST", body, keepalive: true });
}

/** Ask for facts; what comes back is as with `post`. */
export const get = (address) => ask(address, {});

async function ask(address, how) {
  let answer;
  try {
    answer = await fetch(address, { ...how, headers: { Accept: "application/json" } });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: main().dataset.offline };
  }
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (isJson) {
    const said = await answer.json();
    // The session has ended.
    if (said.sign_in) location.assign(said.sign_in);
    return { ok: answer.ok, ...said };
  }
  if (answer.redirected || answer.ok) location.reload();
  const page = parsed(await answer.text());
  return { ok: false, problem: page.querySelector("main p")?.textContent || "" };
}

/** A page of ours, or nothing where it cannot be had at the moment. */
export async function fetchPage(address) {
  try {
    const answer = await fetch(address);
    return answer.ok && !answer.redirected ? parsed(await answer.text()) : null;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return null;
  }
}

/** Elements of a page of ours: everything a visitor wrote is escaped in it. */
export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

/** The values of a form of ours that has nothing but its token. */
export function tokenOnly() {
  const body = new FormData();
  body.set("csrf_token", main().dataset.token);
  return body;
}
