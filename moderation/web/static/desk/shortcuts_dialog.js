// The list of keys, and the switch for people whose software types letters itself.

const SWITCH = "desk:keys";

export const keysAreOn = () => localStorage.getItem(SWITCH) !== "off";

export function showKeys() {
  document.querySelector("[data-keys]").showModal();
}

export function setUpKeysDialog() {
  const box = document.querySelector("[data-keys-on]");
  box.checked = keysAreOn();
  box.addEventListener("change", () => {
    localStorage.setItem(SWITCH, box.checked ? "on" : "off");
  });
  const button = document.querySelector("[data-help]");
  button.hidden = false;
  button.addEventListener("click", showKeys);
}
