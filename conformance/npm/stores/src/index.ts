import { batch, computed as signalOf, effect, signal } from "@preact/signals-core";
import { atom as jotaiAtom, createStore } from "jotai/vanilla";
import { atomWithReducer, loadable } from "jotai/vanilla/utils";
import { action, autorun, computed, configure, makeAutoObservable, observable, reaction, runInAction, when } from "mobx";
import { atom, computed as nanoComputed, map, onMount, task, allTasks } from "nanostores";
import { proxy, ref, snapshot, subscribe } from "valtio/vanilla";
import { proxyMap } from "valtio/vanilla/utils";
import { project } from "../../serve.js";

configure({ enforceActions: "always" });

class Cart {
  items = [{ price: 3, count: 2 }];
  log: string[] = [];
  constructor() {
    makeAutoObservable(this, { log: false });
  }
  get total() {
    this.log.push("counted");
    return this.items.reduce((sum, { price, count }) => sum + price * count, 0);
  }
  add(price: number) {
    this.items.push({ price, count: 1 });
  }
  *load(prices: number[]) {
    for (const price of prices) this.add(yield Promise.resolve(price));
  }
}

class Decorated {
  @observable accessor width = 2;
  @observable accessor height = 3;
  @computed get area() {
    return this.width * this.height;
  }
  @action grow(by: number) {
    this.width += by;
    this.height += by;
  }
}

const cases = {
  mobx: async () => {
    const cart = new Cart();
    const seen: number[] = [];
    const stop = autorun(() => seen.push(cart.total));
    cart.add(4);
    runInAction(() => {
      cart.items[0].count = 0;
      cart.items[1].count = 10;
    });
    await cart.load([1, 2]);
    stop();
    cart.add(100);
    return [seen, cart.log.length];
  },
  "mobx-decorators": () => {
    const box = new Decorated();
    const areas: number[] = [];
    reaction(
      () => box.area,
      (area) => areas.push(area),
    );
    box.grow(1);
    box.grow(2);
    return areas;
  },
  "mobx-when": async () => {
    const map = observable.map<string, number>();
    const ready = when(() => map.has("a"));
    runInAction(() => map.set("a", 1));
    await ready;
    return [...map.toJSON()];
  },
  "kept-by-an-observer": async ({ storage }) => {
    const state = observable({ count: 0 });
    autorun(() => storage.kv.put("count", state.count));
    runInAction(() => state.count++);
    return storage.kv.get("count");
  },
  valtio: async () => {
    const state = proxy({ list: [1], deep: { a: 1 }, plain: ref({ a: 1 }), get size() { return this.list.length; } });
    const seen: unknown[] = [];
    subscribe(state, (ops) => seen.push(ops.map(([kind, path, value]) => [kind, path.join("."), value])));
    const first = snapshot(state);
    state.list.push(2);
    state.deep.a++;
    state.plain.a = 2;
    await Promise.resolve();
    const second = snapshot(state);
    return [seen, first.size, second.size, first.deep === second.deep, Object.isFrozen(second), Reflect.ownKeys(second)];
  },
  "valtio-map": async () => {
    const state = proxyMap([["a", { n: 1 }]]);
    let told = 0;
    subscribe(state, () => void told++);
    state.get("a")!.n = 2;
    state.set("b", { n: 3 });
    await Promise.resolve();
    return [told, [...snapshot(state)]];
  },
  nanostores: async () => {
    const user = map({ name: "ada", age: 1 });
    const shout = nanoComputed(user, ({ name }) => name.toUpperCase());
    const remote = atom("…");
    onMount(remote, () => void task(async () => remote.set(await Promise.resolve("there"))));
    const seen: string[] = [];
    const stop = shout.subscribe((value) => seen.push(value));
    user.setKey("name", "bob");
    user.setKey("age", 2);
    stop();
    remote.listen(() => {});
    await allTasks();
    return [seen, remote.get()];
  },
  jotai: async () => {
    const store = createStore();
    const count = jotaiAtom(1);
    const double = jotaiAtom((get) => get(count) * 2);
    const later = jotaiAtom(async (get) => get(double) + 1);
    const steps = atomWithReducer(0, (value: number, by: number) => value + by);
    const seen: number[] = [];
    store.sub(double, () => seen.push(store.get(double)));
    store.set(count, 2);
    store.set(count, 3);
    store.set(steps, 5);
    const waiting = store.get(loadable(later));
    return [seen, await store.get(later), store.get(steps), waiting];
  },
  signals: () => {
    const [a, b] = [signal(1), signal(2)];
    const sum = signalOf(() => a.value + b.value);
    const seen: number[] = [];
    const stop = effect(() => void seen.push(sum.value));
    batch(() => {
      a.value = 10;
      b.value = 20;
    });
    stop();
    a.value = 0;
    return [seen, sum.peek()];
  },
  "signals-cycle": () => {
    const a = signal(0);
    effect(() => {
      a.value = a.value + 1;
    });
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
