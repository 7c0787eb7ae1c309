// Readers tell the moderators that something is wrong with a comment.

const COMPLAINTS = ["spam", "abuse", "hate", "personal_info", "illegal", "other"];

/** A button that opens the form below itself, and closes it again. */
function reportButton(widget, comment) {
  const id = `lar-report-${comment.id}`;
  const button = make("button", {
    type: "button",
    class: "lar-link",
    "aria-expanded": "false",
    "aria-label": widget.say("report_named", { name: comment.author.name }),
    click: () => {
      const open = document.getElementById(id);
      if (open) open.remove();
      else button.after(reportForm(widget, comment, id, button));
      button.setAttribute("aria-expanded", String(!open));
      if (!open) document.getElementById(id).querySelector("select").focus();
    },
  }, widget.say("report"));
  return button;
}

function reportForm(widget, comment, id, button) {
  const say = (code) => widget.say(code);
  const why = make("select", { id: `${id}-why`, required: true },
    make("option", { value: "" }, say("report_choose")),
    ...COMPLAINTS.map((each) => make("option", { value: each }, say(each))));
  const text = make("textarea", { id: `${id}-text`, rows: "2", maxlength: "1000", dir: "auto" });
  const problem = make("p", { role: "alert", class: "lar-problem", hidden: true });
  const form = make("form", { id, class: "lar-report",
    submit: async (event) => {
      event.preventDefault();
      const answer = await widget.ask(`comments/${comment.id}/reports`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ reason: why.value, text: text.value }),
      }).catch(() => null);
      if (answer?.ok) {
        form.replaceWith(make("span", { class: "lar-thanks" }, say("report_thanks")));
        widget.announce(say("report_thanks"));
        button.remove();
        document.getElementById(`comment-${comment.id}`).focus();
        return;
      }
      problem.textContent = answer ? answer.body.detail : say("report_offline");
      problem.hidden = false;
    },
    keydown: (event) => { if (event.key === "Escape") button.click(), button.focus(); },
  },
  make("p", {}, make("label", { for: why.id }, say("report_why")), " ", why),
  make("p", {}, make("label", { for: text.id }, say("report_text")), text),
  problem,
  make("p", {}, make("button", { type: "submit" }, say("report_send"))));
  return form;
}
