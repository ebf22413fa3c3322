import type { RecordedResource } from "../recorded";

/** Returns, for a resource, the URNs of all resources that wait for it, directly or through others. A child waits for its parent. */
export function waitingFor(resources: readonly RecordedResource[]): (first: RecordedResource) => ReadonlySet<string> {
  const followers = new Map<string, string[]>();
  for (const { urn, dependencies, parent } of resources) {
    for (const before of [...dependencies, parent]) {
      const list = followers.get(before);
      if (list) list.push(urn);
      else followers.set(before, [urn]);
    }
  }
  return ({ urn }) => {
    const found = new Set<string>();
    const open = [urn];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const follower of followers.get(next) ?? []) {
        if (found.has(follower)) continue;
        found.add(follower);
        open.push(follower);
      }
    }
    return found;
  };
}
