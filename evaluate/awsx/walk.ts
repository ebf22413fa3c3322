import { UNKNOWN, type Props } from "../wire";
import type { Reference, VpcChild, VpcChildren } from "./vpc";

/** A child that was registered. */
export interface RegisteredChild {
  readonly urn: string;
  readonly id: string | undefined;
  readonly outputs: Props;
}

/** The registration of a child: its inputs with the values of other children, and the URNs that they depend on. */
export interface ChildRegistration {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly inputs: Props;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** An output of the component, and the URNs that it comes from. */
export interface ComponentOutput {
  readonly value: unknown;
  readonly dependencies: readonly string[];
}

/**
 * Registers the children of a component one after the other, each with the values of those that it refers to, and returns the outputs of
 * the component. An unknown value is the unknown marker.
 */
export async function registerChildren(
  { children, outputs }: VpcChildren,
  component: string,
  register: (child: ChildRegistration) => Promise<RegisteredChild>,
): Promise<Readonly<Record<string, ComponentOutput>>> {
  const registered = new Map<string, RegisteredChild>();
  const urnOf = ({ of }: Reference): string => registered.get(of)?.urn ?? "";
  const valueOf = ({ of, output }: Reference): unknown =>
    (output === "id" ? registered.get(of)?.id : registered.get(of)?.outputs[output]) || UNKNOWN;
  for (const child of children) registered.set(child.key, await register(registration(child)));
  return Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [
      name,
      isList(output)
        ? { value: output.map(valueOf), dependencies: output.map(urnOf) }
        : { value: valueOf(output), dependencies: [urnOf(output)] },
    ]),
  );

  function registration({ type, name, parent, inputs, references }: VpcChild): ChildRegistration {
    const each = Object.entries(references);
    return {
      type,
      name,
      parent: (parent && registered.get(parent)?.urn) || component,
      inputs: { ...inputs, ...Object.fromEntries(each.map(([input, reference]) => [input, valueOf(reference)])) },
      dependencies: [...new Set(each.map(([, reference]) => urnOf(reference)))],
      propertyDependencies: Object.fromEntries(each.map(([input, reference]) => [input, [urnOf(reference)]])),
    };
  }
}

const isList = (output: Reference | readonly Reference[]): output is readonly Reference[] => Array.isArray(output);
