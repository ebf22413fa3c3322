import type * as pulumi from "@pulumi/pulumi";
import { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as state from "@pulumi/pulumi/runtime/state";

/** Pulumi's own place for what it knows of the engine; not in its typings. */
interface Store {
  supportsTransforms: boolean;
  callbacks: unknown;
}

/**
 * What a program changes of resources that a package's component makes. An engine asks the program for it over a connection of its
 * own; here the program is asked directly.
 */
export class Transforms {
  private readonly known = new Map<string, pulumi.ResourceTransform>();

  /** From now on programs hand their transforms to this one. */
  install(): void {
    const store = (state as unknown as { getStore(): Store }).getStore();
    store.supportsTransforms = true;
    store.callbacks = this;
  }

  registerTransform(transform: pulumi.ResourceTransform): Promise<Callback> {
    const token = String(this.known.size);
    this.known.set(token, transform);
    return Promise.resolve(new Callback().setToken(token));
  }

  awaitStackRegistrations(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): void {
    this.known.clear();
  }

  /** The inputs of one child, after the component's transforms in their order. */
  async apply(
    component: readonly Callback[],
    child: { readonly type: string; readonly name: string; readonly inputs: Record<string, unknown> },
  ): Promise<Record<string, unknown>> {
    let { inputs } = child;
    for (const callback of component) {
      const { type, name } = child;
      const changed = await this.known.get(callback.getToken())?.({
        custom: true,
        type,
        name,
        props: inputs,
        opts: {},
      });
      inputs = (changed?.props as Record<string, unknown> | undefined) ?? inputs;
    }
    return inputs;
  }
}
