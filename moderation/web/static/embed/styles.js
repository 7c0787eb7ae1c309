// No specificity and hardly a colour: any rule of the publisher's page wins.
const STYLE = `
  :where(leave-a-reply) { display: block; overflow-wrap: anywhere;
    overflow-x: clip; overflow-clip-margin: .5em }
  :where(leave-a-reply .lar-list) { list-style: none; margin: 0; padding: 0 }
  :where(leave-a-reply .lar-list .lar-list) { margin-inline-start: .5em;
    padding-inline-start: 1em; border-inline-start: 1px solid currentColor }
  :where(leave-a-reply article) { margin-block: 1.25em }
  :where(leave-a-reply article p) { margin-block: .35em }
  :where(leave-a-reply article [dir], leave-a-reply bdi) { font-kerning: none }
  :where(leave-a-reply article [dir]) { overflow-x: clip; overflow-clip-margin: .5em }
  :where(leave-a-reply article pre) { overflow-x: auto }
  :where(leave-a-reply article blockquote) { margin-inline: 0;
    padding-inline-start: .6em; border-inline-start: 1px solid currentColor }
  :where(leave-a-reply .lar-author) { font-weight: bold }
  :where(leave-a-reply time) { margin-inline-start: .75em; font-size: .85em }
  :where(leave-a-reply .lar-own) { padding: .5em 1em; border: 1px dashed currentColor }
  :where(leave-a-reply .lar-own-text) { white-space: pre-wrap }
  :where(leave-a-reply .lar-link) { min-block-size: 24px; padding: 0; border: 0;
    background: none; color: inherit; font: inherit; font-size: .85em;
    text-decoration: underline; cursor: pointer }
  :where(leave-a-reply .lar-summary, leave-a-reply .lar-problem) {
    padding-inline-start: .75em; border-inline-start: 4px solid #c33; font-weight: bold }
  :where(leave-a-reply .lar-problem) { display: block; margin-block: .35em;
    font-size: .9em; line-height: 1.35 }
  :where(leave-a-reply .lar-report textarea) { display: block; inline-size: 100%;
    box-sizing: border-box }
  :where(leave-a-reply .lar-thanks) { font-size: .85em }
  :where(leave-a-reply .lar-unseen) { position: absolute; inline-size: 1px;
    block-size: 1px; overflow: hidden; clip-path: inset(50%) }`;
