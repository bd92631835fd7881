// Named values that several parts of the page share, and who wants to hear of them.

/**
 * @template {object} Values
 * @typedef {object} Store
 * @property {<Name extends keyof Values>(name: Name) => Values[Name]} get
 * @property {<Name extends keyof Values>(name: Name, value: Values[Name]) => void} set and tell who listens
 * @property {<Name extends keyof Values>(name: Name, listen: (value: Values[Name]) => void) => () => void} subscribe
 *   hear of the value now and whenever it is set; what comes back ends that
 */

/**
 * A store that begins with `initial`.
 * @template {object} Values
 * @param {Values} initial
 * @returns {Store<Values>}
 */
export function createStore(initial) {
  const values = { ...initial };
  /** @type {Map<keyof Values, Set<(value: any) => void>>} */
  const listeners = new Map();
  return {
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      for (const listen of listeners.get(name) ?? []) listen(value);
    },
    subscribe(name, listen) {
      const heard = listeners.get(name) ?? new Set();
      listeners.set(name, heard.add(listen));
      listen(values[name]);
      return () => heard.delete(listen);
    },
  };
}
