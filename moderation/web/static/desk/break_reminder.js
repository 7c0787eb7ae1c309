// Reminds of a pause, once per so many minutes at the desk.
import { announce, main } from "./http.js";

const STARTED = "desk:started";
const LOOK_MILLISECONDS = 10_000;

export function setUpPause() {
  const minutes = Number(main().dataset.pause);
  if (!minutes) return;
  const rest = document.querySelector("[data-rest]");
  const begin = () => sessionStorage.setItem(STARTED, Date.now());
  if (!sessionStorage.getItem(STARTED)) begin();
  const look = () => {
    const isDue = Date.now() - Number(sessionStorage.getItem(STARTED)) >= minutes * 60_000;
    if (!isDue || !rest.hidden) return;
    rest.hidden = false;
    announce(rest.querySelector("span").textContent);
  };
  document.querySelector("[data-rested]").addEventListener("click", () => {
    begin();
    rest.hidden = true;
  });
  look();
  setInterval(look, LOOK_MILLISECONDS);
}
