// <leave-a-reply site="…">: the comments of a page above the form to write one.

const BASE = new URL(".", document.currentScript.src).href;
// After a post: how long until we look again what became of it.
const LOOK_AGAIN_SECONDS = [0.5, 2, 6, 20];

class LeaveAReply extends HTMLElement {
  connectedCallback() {
    if (this.home) return;
    // The parser may not have reached the form inside yet.
    if (document.readyState !== "loading") this.start();
    else document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
  }

  start() {
    this.language = this.closest("[lang]")?.lang || navigator.language;
    this.words = SENTENCES[this.language.split("-")[0].toLowerCase()] || SENTENCES.en;
    this.site = this.getAttribute("site");
    const canonical = document.querySelector("link[rel=canonical]")?.href;
    this.thread = {
      url: this.getAttribute("thread") || canonical || location.href.split("#")[0],
      title: (this.getAttribute("thread-title") || document.title).trim().slice(0, 500),
    };
    this.comments = [];
    this.own = kept.get(this.place("own")) || [];
    this.welcomeBack();
    this.heading = make("h2", {});
    this.list = make("ol", { class: "lar-list" });
    this.home = make("div", {});
    this.live = make("p", { class: "lar-unseen", role: "status" });
    this.reply = new ReplyForm(this, this.querySelector("form"));
    this.append(this.heading, this.list, this.home, this.live);
    this.reply.place();
    // Who does not scroll down to the comments does not pay for them; who follows a
    // link to one of them has said where to go.
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      this.begin();
    }, { rootMargin: "800px" });
    if (location.hash.startsWith("#comment-")) this.begin();
    else seen.observe(this);
  }

  begin() {
    this.load();
    for (const own of this.own) this.follow(own);
  }

  /** The form was sent before this script ran; the service sent the visitor back. */
  welcomeBack() {
    const page = new URL(location);
    const token = page.searchParams.get("reply");
    if (!token) return;
    page.searchParams.delete("reply");
    history.replaceState(null, "", page);
    const id = token.split(".")[0];
    const url = new URL(`comments/${encodeURIComponent(token)}`, BASE).href;
    if (!this.own.some((own) => own.id === id)) this.own.push({ id, url, text: "", name: "" });
    this.keepOwn();
  }

  /** A name for what is kept about this page. */
  place(kind) {
    return `${kind}:${this.site}:${this.thread.url}`;
  }

  say(code, facts = {}) {
    return this.words[code].replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
  }

  announce(text) {
    this.live.textContent = text;
  }

  date(text) {
    const style = { dateStyle: "medium", timeStyle: "short" };
    return new Intl.DateTimeFormat(this.language, style).format(new Date(text));
  }

  async ask(path, options = {}) {
    const url = new URL(path, `${BASE}api/v1/sites/${encodeURIComponent(this.site)}/`);
    const answer = await fetch(url, { credentials: "omit", ...options });
    return { ok: answer.ok, body: await answer.json() };
  }

  async load() {
    try {
      const { ok, body } = await this.ask(`comments?${new URLSearchParams({ thread: this.thread.url })}`);
      if (!ok) throw new TypeError(body.detail);
      this.comments = body.comments;
      this.draw(body.count);
      if (!body.thread.open) this.home.replaceChildren(make("p", {}, this.say("closed")));
      if (!this.shown && location.hash.startsWith("#comment-")) this.show(location.hash.slice(1));
      this.shown = true;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.heading.textContent = this.say("unloaded");
    }
  }

  draw(count) {
    const code = count === 1 ? "heading_one" : count ? "heading_many" : "heading_none";
    const focused = this.list.contains(document.activeElement) && document.activeElement;
    this.heading.textContent = this.say(code, { n: count });
    this.home.append(this.reply.form);
    this.list.replaceChildren(...this.comments.map((comment) => drawComment(this, comment)));
    for (const own of this.own) this.drawOwn(own);
    this.reply.place();
    if (focused) (this.contains(focused) ? focused : document.getElementById(focused.id))?.focus();
  }

  drawOwn(own) {
    const old = document.getElementById(`comment-${own.id}`)?.parentElement;
    const entry = drawOwn(this, own);
    const parent = own.parent && document.getElementById(`comment-${own.parent}`);
    const list = parent ? parent.parentElement.querySelector(".lar-list") : this.list;
    list.hidden = false;
    if (old) old.replaceWith(entry);
    else list.append(entry);
  }

  show(id) {
    const target = document.getElementById(id);
    if (!target || !this.contains(target)) return;
    target.scrollIntoView({ block: "nearest" });
    target.focus({ preventScroll: true });
  }

  /** A comment of ours is on its way: show it in its place, and see what comes of it. */
  sent(own) {
    // Sent again after a lost answer: it is the same comment.
    this.own = [...this.own.filter((each) => each.id !== own.id), own];
    this.keepOwn();
    this.drawOwn(own);
    this.show(`comment-${own.id}`);
    this.announce(this.say("waiting"));
    this.dispatchEvent(new CustomEvent("comment-sent", { bubbles: true, detail: { id: own.id } }));
    this.follow(own, LOOK_AGAIN_SECONDS);
  }

  keepOwn() {
    const waiting = this.own.filter((own) => !own.status);
    kept.set(this.place("own"), waiting.length ? waiting : null);
  }

  async follow(own, [seconds, ...later] = [0]) {
    await new Promise((go) => { setTimeout(go, 1000 * seconds); });
    let status;
    try {
      const answer = await fetch(own.url, { credentials: "omit", headers: { Accept: "application/json" } });
      status = answer.ok ? (await answer.json()).status : answer.status === 404 && "deleted";
    } catch {
      return;
    }
    if (!status || status === "pending" || status === "held") {
      if (later.length) this.follow(own, later);
      return;
    }
    own.status = status;
    if (status === "approved") this.own = this.own.filter((each) => each !== own);
    this.keepOwn();
    if (status === "approved") await this.load();
    else this.drawOwn(own);
    this.announce(this.say(status === "approved" ? "published" : "refused"));
  }
}

customElements.define("leave-a-reply", LeaveAReply);
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
