/* Files: dropping them onto a form, and how far an upload is. */

// Files that are dropped onto a form.
document.addEventListener("dragover", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (zone) {
    event.preventDefault();
    zone.classList.add("is-over");
  }
});
document.addEventListener("dragleave", (event) => {
  event.target.closest?.("[data-drop]")?.classList.remove("is-over");
});
document.addEventListener("drop", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("is-over");
  const input = zone.querySelector("input[type=file]");
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("progress[data-upload]");
  if (bar && event.detail.lengthComputable) {
    bar.hidden = false;
    bar.value = event.detail.loaded / event.detail.total;
  }
});
