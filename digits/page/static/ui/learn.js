// The Learn room's door: what is behind it is fetched when the room is first seen, not when the page opens.

/** @param {import("../hosts/gradio.js").Host<null>} host */
export function mount(host) {
  const seen = new IntersectionObserver(async (entries) => {
    if (!entries.some((one) => one.isIntersecting)) return;
    seen.disconnect();
    const room = await import("./learn_room.js");
    room.open(host);
  });
  seen.observe(host.element);
}
