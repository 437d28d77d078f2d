// Makes the pages livelier; all of them can be read and used without it.
"use strict";

// Exact times in the reader's own zone, on hover.
function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString();
  }
}

// One box for all boxes of the page.
function selectAll(root) {
  const box = root.querySelector("[data-all]");
  if (!box) return;
  const boxes = [...root.querySelectorAll("input[name=resource]")];
  box.addEventListener("change", () => { for (const one of boxes) one.checked = box.checked; });
  for (const one of boxes) {
    one.addEventListener("change", () => { box.checked = boxes.every((each) => each.checked); });
  }
}

// Not every browser tells of a choice from a list by both.
function whenChanged(form, act) {
  for (const event of ["input", "change"]) form.addEventListener(event, act);
}

// The list follows what is typed.
function liveFilter(form) {
  let waiting = 0;
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    const address = form.action + (query.size ? "?" + query : "");
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (mine !== asked) return;
    if (!answer.ok || answer.redirected) { location.assign(address); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector("#list");
    if (mine !== asked || !list) return;
    document.querySelector("#list").replaceWith(list);
    history.replaceState(null, "", address);
    begin(list);
  };
  whenChanged(form, () => { clearTimeout(waiting); waiting = setTimeout(refresh, 200); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); refresh(); });
}

// Fields that have no say under what is chosen now.
function dependentFields(form) {
  const one = (name) => form.elements.namedItem(name);
  const apply = () => {
    const graph = form.querySelector("[data-field=use_ms_graph]");
    if (graph && one("on_premises")) {
      graph.hidden = one("on_premises").checked;
      one("use_ms_graph").disabled = graph.hidden;
    }
    if (one("import_detail") && one("send_free_time")) {
      one("send_free_time").disabled = one("import_detail").value === "off";
    }
    if (one("account_user") && one("use_account_for_everybody")) {
      one("use_account_for_everybody").disabled = !one("account_user").value.trim();
    }
  };
  whenChanged(form, apply);
  apply();
}

function begin(root) {
  localTimes(root);
  selectAll(root);
}

begin(document);
for (const form of document.querySelectorAll("form[data-live]")) liveFilter(form);
for (const form of document.querySelectorAll("form[data-settings]")) dependentFields(form);
