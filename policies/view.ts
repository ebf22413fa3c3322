import type { PolicyResource, StackView } from "./rule";
import { settingsOf } from "./settings";

/** Adds a value to the list of a key. */
function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** The view that rules have of a stack. Every lookup takes constant time, however many resources there are. */
export function stackView(resources: readonly PolicyResource[], environment: string): StackView {
  const byType = new Map<string, PolicyResource[]>();
  const byUrn = new Map<string, PolicyResource>();
  for (const resource of resources) {
    byUrn.set(resource.urn, resource);
    append(byType, resource.type, resource);
  }

  // Type and property → URN, or `=` and value, that the property refers to → resources with that reference.
  const references = new Map<string, Map<string, PolicyResource[]>>();
  const referencesOf = (type: string, property: string): Map<string, PolicyResource[]> => {
    const key = `${type} ${property}`;
    let index = references.get(key);
    if (index) return index;
    references.set(key, (index = new Map()));
    for (const resource of byType.get(type) ?? []) {
      const targets = new Set(resource.propertyDependencies?.[property] ?? []);
      const value = valueOf(resource, property);
      if (typeof value === "string") targets.add(`=${value}`);
      for (const target of targets) append(index, target, resource);
    }
    return index;
  };

  return {
    environment,
    settings: settingsOf(environment),
    resources,
    ofType: (type) => byType.get(type) ?? [],
    byUrn: (urn) => byUrn.get(urn) ?? byUrn.get(urn.slice(0, urn.lastIndexOf("::"))),
    referring(resource, type, property, identifiers) {
      const index = referencesOf(type, property);
      const found = new Set(index.get(resource.urn) ?? []);
      for (const identifier of identifiers) {
        const value = valueOf(resource, identifier);
        if (typeof value === "string" && value !== "") for (const one of index.get(`=${value}`) ?? []) found.add(one);
      }
      return [...found];
    },
  };
}

/** The value of a property, or undefined if it is not known yet. */
function valueOf({ props }: PolicyResource, property: string): unknown {
  try {
    return props[property];
  } catch {
    return undefined;
  }
}
