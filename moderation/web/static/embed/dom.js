// Building the page: text is always text, and what was sanitised is checked again.

const SHOWN = new Set("P BR EM STRONG S DEL CODE PRE BLOCKQUOTE UL OL LI A".split(" "));
// For pages that demand Trusted Types; content() says why this is safe.
const POLICY = window.trustedTypes?.createPolicy("leave-a-reply", {
  createHTML: (html) => html,
});

/** An element with attributes and children; strings become text, never markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** The nodes of a comment's HTML, which the server has sanitised, checked again.
 *
 * DOMParser makes a document that runs and loads nothing. Out of it only text and
 * the elements above are copied, without attributes but for a link's address.
 */
function content(html) {
  const source = POLICY ? POLICY.createHTML(html) : html;
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    const inside = [...node.childNodes].map(copy);
    if (!SHOWN.has(node.nodeName)) return fragment(inside);
    const link = node.nodeName === "A" && /^(https?:|mailto:)/i.test(node.href);
    const rest = link ? { href: node.href, rel: "nofollow ugc noopener noreferrer" } : {};
    return make(node.nodeName, rest, ...inside);
  };
  return copy(new DOMParser().parseFromString(source, "text/html").body);
}

function fragment(children) {
  const all = document.createDocumentFragment();
  all.append(...children);
  return all;
}

/** What this browser keeps; a browser that keeps nothing is fine too. */
const kept = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(`leave-a-reply:${key}`));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(`leave-a-reply:${key}`);
      else localStorage.setItem(`leave-a-reply:${key}`, JSON.stringify(value));
    } catch {
      // Storage is full or forbidden.
    }
  },
};
