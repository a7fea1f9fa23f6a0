// The search of this site runs in a worker. Browsers refuse workers to pages that are opened from
// disk, so there the same script runs in a hidden frame.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      this.inside = frame.contentWindow;
      const script = address => new Promise((done, failed) => {
        const element = this.inside.document.createElement("script");
        Object.assign(element, { src: address, onload: done, onerror: failed });
        this.inside.document.body.appendChild(element);
      });
      this.inside.postMessage = data => {
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      };
      this.inside.importScripts = (...addresses) =>
        addresses.reduce((before, address) => before.then(() => script(address)), Promise.resolve());
      this.ready = script(url);
    }
    postMessage(data) {
      this.ready.then(() =>
        this.inside.dispatchEvent(new MessageEvent("message", { data: structuredClone(data) })));
    }
    terminate() {}
  };
}
