
const find = document.getElementById("find"), found = document.getElementById("found");
const ops = [...document.querySelectorAll("details.op")];
const links = new Map([...document.querySelectorAll("nav li")].map(li => [li.dataset.op, li]));
function search() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const op of ops) {
    const hit = words.every(word => op.dataset.words.includes(word));
    op.hidden = !hit;
    const link = links.get(op.id);
    if (link) link.hidden = !hit;
    if (hit) count += 1;
  }
  found.textContent = words.length ? count + " of " + ops.length : "";
}
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
}
find.addEventListener("input", search);
addEventListener("hashchange", open);
addEventListener("keydown", event => {
  if (event.key === "/" && document.activeElement !== find) { event.preventDefault(); find.focus(); }
});
open();
