// The form: the publisher's own, or one like it. Nothing typed is ever lost.

const FIELDS = ["text", "name", "email", "url"];
// The token in a form is too old, or of another site: a new one will do.
const STALE = new Set(["form_token_invalid", "form_token_missing", "form_too_old"]);

class ReplyForm {
  constructor(widget, form) {
    this.widget = widget;
    this.form = form || this.build();
    this.own = !form;
    this.parent = null;
    this.form.noValidate = true;
    this.form.querySelector("[name=remember]")?.closest("[hidden]")?.removeAttribute("hidden");
    const known = kept.get("author") || {};
    for (const name of ["name", "email", "url"]) this.restore(name, known[name]);
    this.restore("text", kept.get(widget.place("draft")));
    if (kept.get("author") && this.field("remember")) this.field("remember").checked = true;
    this.form.addEventListener("focusin", () => this.open(), { once: true });
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.addEventListener("input", () => {
      kept.set(widget.place("draft"), this.value("text") || null);
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.parent) this.cancel();
    });
  }

  field(name) {
    return this.form.elements.namedItem(name);
  }

  value(name) {
    return this.field(name)?.value.trim() ?? "";
  }

  restore(name, value) {
    if (value && this.field(name) && !this.field(name).value) this.field(name).value = value;
  }

  /** The token says when the form was opened: people take more than a moment. */
  async open() {
    this.token = this.widget.ask("form").then(({ body }) => {
      // Where no mail can be sent there is nothing to wish for.
      const notify = this.field("notify");
      if (notify && "notices" in body) {
        (notify.closest("[hidden]") || notify.closest("p, label")).hidden = !body.notices;
      }
      if (this.own) this.dress(body);
      return body.form_token;
    }).catch(() => "");
    return this.token;
  }

  /** What the site says about a form that is ours: its heading, and what it asks for. */
  dress({ title, website }) {
    if (title) this.form.querySelector("h2").textContent = title;
    this.field("url").closest("p").hidden = website === false;
  }

  // Replies

  answer(id, name, button) {
    this.cancel();
    this.parent = id;
    this.button = button;
    const say = (code) => this.widget.say(code, { name });
    this.note = make("p", { class: "lar-replying" }, say("replying"), " ",
      make("button", { type: "button", class: "lar-link", click: () => this.cancel() }, say("cancel")));
    this.form.prepend(this.note);
    this.place();
    this.field("text").focus();
  }

  cancel() {
    if (!this.parent) return;
    const back = document.getElementById(`comment-${this.parent}`)?.querySelector("button");
    this.parent = null;
    this.note.remove();
    this.place();
    (back || this.field("text")).focus();
  }

  /** Under the comment that is answered, or else at home at the foot. */
  place() {
    const comment = this.parent && document.getElementById(`comment-${this.parent}`);
    if (comment) comment.after(this.form);
    else this.widget.home.append(this.form);
  }

  // Posting

  async submit(event) {
    event.preventDefault();
    if (this.busy) return;
    const url = this.field("url");
    // People write www.example.org; that is an address too.
    if (url?.value.trim() && !/^[a-z]+:/i.test(url.value.trim())) url.value = `https://${url.value.trim().replace(/^\/\//, "")}`;
    const problems = this.check();
    this.explain(problems);
    if (problems.length) return;
    this.busy = true;
    this.widget.announce(this.widget.say("sending"));
    // No answer, or none of ours: the network or a proxy is in the way.
    const answer = await this.send().catch(() => null);
    this.busy = false;
    if (!answer) this.explain([{ text: this.widget.say("offline") }]);
    else if (answer.ok) this.sent(answer.body);
    else this.explain([{ field: answer.body.field, text: answer.body.detail }]);
    if (STALE.has(answer?.body.code)) this.open();
  }

  async send() {
    const [text, name, email, url] = FIELDS.map((each) => this.value(each));
    const body = {
      thread: this.widget.thread,
      author: { name, email, url },
      text,
      parent: this.parent || "",
      form_token: await (this.token || this.open()),
      topic: this.value("topic"),
      notify: !!this.field("notify")?.checked,
    };
    return this.widget.ask("comments", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  sent(answer) {
    const [text, name, email, url] = FIELDS.map((each) => this.value(each));
    kept.set("author", this.field("remember")?.checked ? { name, email, url } : null);
    kept.set(this.widget.place("draft"), null);
    const { parent } = this;
    this.parent = null;
    this.note?.remove();
    this.place();
    this.field("text").value = "";
    this.token = null;
    this.form.addEventListener("focusin", () => this.open(), { once: true });
    this.widget.sent({ id: answer.id, url: answer.status_url, text, name, parent });
  }

  // Problems

  check() {
    return FIELDS.flatMap((name) => {
      const field = this.field(name);
      if (!field) return [];
      if (field.required && !field.value.trim()) return [{ field: name, text: this.widget.say(`${name}_missing`) }];
      if (field.validity.typeMismatch) return [{ field: name, text: this.widget.say(`${name}_invalid`) }];
      return [];
    });
  }

  /** A summary with links, each problem at its field, and the focus on the first. */
  explain(problems) {
    for (const old of this.form.querySelectorAll(".lar-summary, .lar-problem")) old.remove();
    for (const name of FIELDS) this.mark(name, null);
    if (!problems.length) return;
    const points = problems.map(({ field, text }) => {
      const input = field && this.field(field);
      if (!input) return make("li", {}, text);
      this.mark(field, text);
      const go = (event) => { event.preventDefault(); input.focus(); };
      return make("li", {}, make("a", { href: `#${input.id}`, click: go }, text));
    });
    const title = this.widget.say(problems.length === 1 ? "summary_one" : "summary_many");
    const summary = make("div", { class: "lar-summary", role: "alert", tabindex: "-1" },
      make("p", {}, title), make("ul", {}, ...points));
    const heading = this.form.querySelector("h1, h2, h3, h4");
    if (heading) heading.after(summary);
    else this.form.prepend(summary);
    this.widget.announce("");
    const first = problems.find(({ field }) => field && this.field(field));
    (first ? this.field(first.field) : summary).focus();
  }

  mark(name, text) {
    const field = this.field(name);
    if (!field) return;
    const id = `lar-problem-${name}`;
    const others = (field.getAttribute("aria-describedby") || "").split(" ").filter((each) => each && each !== id);
    if (text) {
      field.setAttribute("aria-invalid", "true");
      field.after(make("span", { class: "lar-problem", id }, text));
      others.push(id);
    } else field.removeAttribute("aria-invalid");
    if (others.length) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
  }

  // For pages that do not bring a form of their own

  build() {
    const say = (code) => this.widget.say(code);
    const star = () => make("span", { "aria-hidden": "true" }, " *");
    const row = (name, tag, attributes) => make("p", {},
      make("label", { for: `lar-${name}` }, say(name), attributes.required ? star() : ""),
      make(tag, { id: `lar-${name}`, name, dir: "auto", ...attributes }));
    return make("form", { method: "post" },
      make("h2", {}, say("title")),
      make("p", { id: "lar-notes" }, say("notes"), " ", say("required"), star()),
      row("text", "textarea", { rows: "8", required: true }),
      row("name", "input", { required: true, autocomplete: "name" }),
      row("email", "input", { type: "email", required: true, autocomplete: "email", "aria-describedby": "lar-notes" }),
      row("url", "input", { type: "url", autocomplete: "url" }),
      make("p", {}, make("label", {}, make("input", { type: "checkbox", name: "remember" }), " ", say("remember"))),
      make("p", { hidden: true }, make("label", {}, make("input", { type: "checkbox", name: "notify" }), " ", say("notify"))),
      make("p", { hidden: true }, make("input", { name: "topic", tabindex: "-1", autocomplete: "off" })),
      make("p", {}, make("button", { type: "submit" }, say("submit"))));
  }
}
