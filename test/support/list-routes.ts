import type { Express } from "express";

/** A mounted address. */
export type Route = { method: string; path: string; parameters: string[] };

type Layer = {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
  slash: boolean;
  match(path: string): boolean;
};

const MOUNTS = ["/l/:launchId/admin"];

/** Where a router stands; Express keeps it only in a function that matches. */
function mountOf(layer: Layer): string {
  if (layer.slash) return "";
  const mount = MOUNTS.find((path) => layer.match(`${path}/anything`));
  if (mount === undefined) throw new Error("a router is mounted where this test does not look");
  return mount;
}

function routesIn(stack: Layer[], prefix = ""): Route[] {
  return stack.flatMap((layer) => {
    const { route, handle } = layer;
    if (route !== undefined) {
      const path = prefix + route.path;
      const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
      return Object.keys(route.methods).map((method) => ({ method, path, parameters }));
    }
    if (handle.stack === undefined) return [];
    return routesIn(handle.stack, prefix + mountOf(layer));
  });
}

/** Every address that the application answers at. */
export const listRoutes = (app: Express): Route[] =>
  routesIn((app as unknown as { router: Layer["handle"] }).router.stack ?? []);
