// Comments as list items: those of everybody, and those only their author can see.

const LINK = { rel: "nofollow ugc noopener noreferrer" };

function heading(id, name, ...children) {
  // Says "heading" to those who listen, without the size that pages give to h3.
  const attributes = { class: "lar-author", id, role: "heading", "aria-level": "3" };
  return make("span", attributes, ...(children.length ? children : [make("bdi", {}, name)]));
}

function drawComment(widget, comment) {
  const id = `comment-${comment.id}`;
  const { name, url } = comment.author;
  const shown = make("bdi", {}, name);
  const author = /^https?:/i.test(url) ? make("a", { href: url, ...LINK }, shown) : shown;
  const reply = make("button", {
    type: "button",
    class: "lar-link",
    "aria-label": widget.say("reply_named", { name }),
    click: () => widget.reply.answer(comment.id, name, reply),
  }, widget.say("reply"));
  const article = make("article", { id, tabindex: "-1", "aria-labelledby": `${id}-by` },
    make("div", {},
      heading(`${id}-by`, name, author),
      make("time", { datetime: comment.created }, widget.date(comment.created))),
    make("div", { dir: "auto" }, content(comment.html)),
    reply, " ", reportButton(widget, comment));
  const replies = comment.replies.map((each) => drawComment(widget, each));
  return make("li", {}, article,
    make("ol", { class: "lar-list", hidden: !replies.length }, ...replies));
}

function drawOwn(widget, own) {
  const id = `comment-${own.id}`;
  const word = { rejected: "refused", deleted: "refused" }[own.status] || "waiting";
  return make("li", {},
    make("article", { id, class: "lar-own", tabindex: "-1", "aria-labelledby": `${id}-by` },
      heading(`${id}-by`, own.name || widget.say("yours")),
      make("p", { class: "lar-own-text", dir: "auto" }, own.text),
      make("p", {}, make("em", {}, widget.say(word)), " ",
        make("a", { href: own.url }, widget.say("status")))));
}
