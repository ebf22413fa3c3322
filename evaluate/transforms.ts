import * as pulumi from "@pulumi/pulumi";
import { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as state from "@pulumi/pulumi/runtime/state";
import type { Props } from "./wire";

/** Pulumi's own store of facts about the engine, which its typings lack. */
interface Store {
  supportsTransforms: boolean;
  callbacks: unknown;
}

/** The options of a resource that a transform may change here. */
export interface Options {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
}

/** A resource before it is recorded; its inputs as they travel to the engine. */
export interface Transformed {
  readonly inputs: Props;
  readonly options: Options;
}

/**
 * The transforms that a program registers for one resource and everything below it, or for the whole stack. An engine asks the
 * program for each over a connection of its own; here they are called directly, and only inputs that a transform returns are
 * serialised again.
 */
export class Transforms {
  private readonly known = new Map<string, pulumi.ResourceTransform>();
  private readonly ofStack: pulumi.ResourceTransform[] = [];
  private readonly ofResource = new Map<string, readonly pulumi.ResourceTransform[]>();
  private readonly parents = new Map<string, string>();

  /** Makes Pulumi's runtime register the program's transforms with this object. */
  install(): void {
    const store = (state as unknown as { getStore(): Store }).getStore();
    store.supportsTransforms = true;
    store.callbacks = this;
  }

  // Pulumi's runtime calls the following four methods.
  registerTransform(transform: pulumi.ResourceTransform): Promise<Callback> {
    const token = String(this.known.size);
    this.known.set(token, transform);
    return Promise.resolve(new Callback().setToken(token));
  }

  registerStackTransform(transform: pulumi.ResourceTransform): void {
    this.ofStack.push(transform);
  }

  awaitStackRegistrations(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): void {
    this.known.clear();
  }

  /** Notes a resource's parent and its own transforms. */
  place(urn: string, parent: string, own: readonly Callback[]): void {
    this.parents.set(urn, parent);
    if (own.length > 0) {
      const transforms = own.map((callback) => this.known.get(callback.getToken()));
      this.ofResource.set(
        urn,
        transforms.filter((transform) => transform !== undefined),
      );
    }
  }

  /** Returns the inputs and options after the resource's own transforms, then its ancestors' from the nearest on, then the stack's. */
  async apply(
    resource: { readonly urn: string; readonly type: string; readonly name: string; readonly custom: boolean },
    before: Transformed,
  ): Promise<Transformed> {
    const all: pulumi.ResourceTransform[] = [];
    if (this.ofResource.size > 0) {
      for (let urn: string | undefined = resource.urn; urn; urn = this.parents.get(urn)) {
        all.push(...(this.ofResource.get(urn) ?? []));
      }
    }
    all.push(...this.ofStack);
    let current = before;
    for (const transform of all) current = await applied(transform, resource, current);
    return current;
  }
}

async function applied(
  transform: pulumi.ResourceTransform,
  { type, name, custom }: { readonly type: string; readonly name: string; readonly custom: boolean },
  { inputs, options }: Transformed,
): Promise<Transformed> {
  const opts = { ...options, ignoreChanges: [...options.ignoreChanges] };
  const result = await transform({ custom, type, name, props: deserialized(inputs), opts });
  if (!result) return { inputs, options };
  const { protect, retainOnDelete, ignoreChanges, ...others } = result.opts;
  const [unsupported] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (unsupported !== undefined) {
    throw new Error(
      `a transform of ${name} (${type}) sets the option ${unsupported}; a recorded program supports protect, retainOnDelete and ignoreChanges`,
    );
  }
  return {
    inputs: (await pulumi.runtime.serializeProperties(name, result.props as pulumi.Inputs)) as Props,
    options: {
      protect: protect ?? options.protect,
      retainOnDelete: retainOnDelete ?? options.retainOnDelete,
      ignoreChanges: ignoreChanges ?? options.ignoreChanges,
    },
  };
}

/** Returns inputs as a program sees them, with assets as objects and unknown values as Pulumi's own. */
export function deserialized(inputs: Props): Record<string, unknown> {
  type Message = Parameters<typeof pulumi.runtime.deserializeProperties>[0];
  // Pulumi calls only this method of a message; a real message would copy every value twice.
  return pulumi.runtime.deserializeProperties({ toJavaScript: () => inputs } as unknown as Message) as Record<
    string,
    unknown
  >;
}
