// A point on the town's map, in a box marked data-point: tapped, moved by arrow keys, or taken from
// where the device is. It fills two number fields and the dong (if asked), or (data-near) one hidden field
// rounded to about 100 metres, whose form is then sent. Nothing else learns of it.

const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function begin(box) {
  const map = box.querySelector("[data-point-map]");
  if (!map) return;
  const find = (name) => document.getElementById(box.dataset[name] ?? "");
  const pin = box.querySelector("[data-point-pin]");
  const clear = box.querySelector("[data-point-clear]");
  const [near, longitude, latitude, area] = ["near", "longitude", "latitude", "area"].map(find);
  const [west, north, east, south] = ["west", "north", "eastStep", "southStep"].map((name) => Number(map.dataset[name]));
  const dongs = [...map.querySelectorAll("[data-key]")];
  const say = (text) => { box.querySelector("[data-point-say]").textContent = text; };
  let at = null;

  function show(x, y) {
    at = x === null ? null : [x, y];
    pin.setAttribute("visibility", at ? "visible" : "hidden");
    if (at) pin.setAttribute("transform", `translate(${x} ${y})`);
    if (clear) clear.hidden = !at;
  }

  function put(x, y) {
    const dong = dongs.find((shape) => shape.isPointInFill(new DOMPoint(x, y)));
    if (!dong) return say(box.dataset.outside);
    show(x, y);
    say(box.dataset.inside + dong.dataset.label);
    const [lon, lat] = [west + x * east, north - y * south];
    if (near) near.value = `${lat.toFixed(3)},${lon.toFixed(3)}`;
    else fill(lon.toFixed(5), lat.toFixed(5), dong.dataset.key);
  }

  function fill(lon, lat, key) {
    [longitude.value, latitude.value] = [lon, lat];
    if (key && area?.querySelector(`option[value="${key}"]`)) area.value = key;
    latitude.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What stands in the fields, typed or kept from before.
  function read() {
    if (near || !longitude.value || !latitude.value) return;
    const x = (Number(longitude.value) - west) / east;
    const y = (north - Number(latitude.value)) / south;
    if (Number.isFinite(x) && Number.isFinite(y)) show(x, y);
  }

  const send = () => { if (near?.value) near.form.requestSubmit(); };

  map.addEventListener("click", (event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    put(x, y);
    send();
  });
  map.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return send();
    const step = STEP[event.key];
    if (!step) return;
    event.preventDefault();
    const { width, height } = map.viewBox.baseVal;
    const [x, y] = at ?? [width / 2, height / 2];
    const far = event.shiftKey ? 20 : 5;
    put(x + step[0] * far, y + step[1] * far);
  });
  clear?.addEventListener("click", () => {
    show(null);
    fill("", "", "");
    say(box.dataset.cleared);
    map.focus();
  });
  const here = box.querySelector("[data-point-here]");
  if (!navigator.geolocation) here.hidden = true;
  here.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        put((coords.longitude - west) / east, (north - coords.latitude) / south);
        send();
      },
      () => say(box.dataset.unknown),
      { timeout: 10000, maximumAge: 60000 },
    );
  });
  for (const field of [longitude, latitude]) field?.addEventListener("change", read);
  map.closest("form")?.addEventListener("restored", read);
  box.hidden = false;
  read();
}
