import { UNKNOWN, type Props } from "../wire";
import type { Reference, VpcChild, VpcChildren } from "./vpc";

/** A child that was registered. */
export interface Made {
  readonly urn: string;
  readonly id: string | undefined;
  readonly outputs: Props;
}

/** What is registered for a child: its inputs with the values of other children, and what they depend on. */
export interface ChildRegistration {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly inputs: Props;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** An output of the component, and the URNs it was made from. */
export interface ComponentOutput {
  readonly value: unknown;
  readonly dependencies: readonly string[];
}

/**
 * Registers the children of a component one after the other, each with the values of those it refers to, and returns the outputs of
 * the component. A value that is not known yet is the unknown marker.
 */
export async function registerChildren(
  { children, outputs }: VpcChildren,
  component: string,
  register: (child: ChildRegistration) => Promise<Made>,
): Promise<Readonly<Record<string, ComponentOutput>>> {
  const made = new Map<string, Made>();
  const urnOf = ({ of }: Reference): string => made.get(of)?.urn ?? "";
  const valueOf = ({ of, output }: Reference): unknown =>
    (output === "id" ? made.get(of)?.id : made.get(of)?.outputs[output]) || UNKNOWN;
  for (const child of children) made.set(child.key, await register(registration(child)));
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
      parent: (parent && made.get(parent)?.urn) || component,
      inputs: { ...inputs, ...Object.fromEntries(each.map(([input, reference]) => [input, valueOf(reference)])) },
      dependencies: [...new Set(each.map(([, reference]) => urnOf(reference)))],
      propertyDependencies: Object.fromEntries(each.map(([input, reference]) => [input, [urnOf(reference)]])),
    };
  }
}

const isList = (output: Reference | readonly Reference[]): output is readonly Reference[] => Array.isArray(output);
