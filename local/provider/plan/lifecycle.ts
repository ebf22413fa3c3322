import { typeInfo } from "../../../evaluate/type-facts";
import type { NamingWish } from "../autoname";
import type { Handler, Props } from "../handler";
import { Lifecycle, type Checked } from "../lifecycle";
import { HANDLERS } from "../registry";
import type { Session } from "../session";
import { inspectRequests, type Inspected } from "./inspection";
import { withStandIns } from "./unknown";

const ONLY_PREVIEWS = "this provider can only plan and cannot deploy; run `pulumi up` with AWS credentials";

/** Receives the findings of a plan about its resources. */
export interface Findings {
  inspected(resource: Inspected): void;
  /** Receives a type that the local provider does not support, so that its requests are unknown. */
  unchecked(type: string): void;
}

/** The operations for a resource in a plan. The requests that would create it are checked and not sent. */
export class PlannedLifecycle extends Lifecycle {
  private readonly isKnown: boolean;

  constructor(
    session: Session,
    private readonly type: string,
    name: string,
    private readonly findings: Findings,
    /** Whether requests can be checked, because the service models are installed. */
    private readonly inspects: boolean,
  ) {
    const handler = handlers.get(type);
    super(session, plannable(type, handler), name);
    this.isKnown = handler !== undefined;
  }

  override check(olds: Props, news: Props, seed: Uint8Array, wish?: NamingWish): Checked {
    const { inputs, failures } = super.check(olds, news, seed, wish);
    // The Pulumi engine would stop at the first problem; a plan names them all.
    const problems = failures.map(({ property, reason }) => `${property}: ${reason}`);
    if (problems.length > 0) this.findings.inspected(this.found(problems));
    return { inputs, failures: [] };
  }

  override async plannedCreate(inputs: Props): Promise<Props> {
    if (!this.isKnown) this.findings.unchecked(this.type);
    else if (this.inspects) {
      const { __defaults: _, ...given } = withStandIns(inputs);
      const ctx = await this.context(given);
      const resource = { type: this.type, name: this.resource };
      this.findings.inspected(await inspectRequests(resource, () => this.handler.create(ctx, given, () => undefined)));
    }
    return super.plannedCreate(inputs);
  }

  /** Answers for a resource outside the program (`aws.s3.Bucket.get`): it is assumed to exist as described. */
  override read(id: string, inputs: Props, olds: Props): ReturnType<Lifecycle["read"]> {
    return Promise.resolve({ id, properties: { ...olds, ...inputs }, inputs });
  }

  override create = refuse;
  override update = refuse;
  override delete = refuse;

  private found(problems: readonly string[]): Inspected {
    return { type: this.type, name: this.resource, problems, operations: [], stopped: undefined };
  }
}

const handlers = new Map(HANDLERS.map((handler) => [handler.type, handler]));

function refuse(): never {
  throw new Error(ONLY_PREVIEWS);
}

/** Returns a handler for any type of the package. For a type of the local cloud, the limits of the local cloud do not apply. */
function plannable(type: string, handler: Handler | undefined): Handler {
  const { inputs, outputs } = typeInfo(type);
  const taggable = inputs.has("tags");
  if (handler) return { ...handler, refuses: {}, taggable, outputs: [...new Set([...outputs, ...handler.outputs])] };
  return {
    type,
    outputs,
    taggable,
    replaceOn: [],
    // Most types have their physical name in `name`.
    ...(inputs.has("name") ? { autoname: { property: "name", prefix: "namePrefix", maxLength: 255 } } : {}),
    create: refuse,
    read: refuse,
    update: refuse,
    delete: refuse,
  };
}
