import { typeInfo } from "../../../evaluate/type-facts";
import type { NamingWish } from "../autoname";
import type { Handler, Props } from "../handler";
import { Lifecycle, type Checked } from "../lifecycle";
import { HANDLERS } from "../registry";
import type { Session } from "../session";
import { inspectRequests, type Inspected } from "./inspection";
import { withStandIns } from "./unknown";

const ONLY_PREVIEWS = "this provider only plans: nothing is deployed with it; run `pulumi up` with AWS credentials";

/** What a plan is told about its resources. */
export interface Findings {
  inspected(resource: Inspected): void;
  /** The local provider has no such type: its requests are not known. */
  unchecked(type: string): void;
}

/** A resource in a plan: the requests that would create it are checked, and not sent. */
export class PlannedLifecycle extends Lifecycle {
  private readonly isKnown: boolean;

  constructor(
    session: Session,
    private readonly type: string,
    name: string,
    private readonly findings: Findings,
    /** Whether there is anything to check requests against. */
    private readonly inspects: boolean,
  ) {
    const handler = handlers.get(type);
    super(session, plannable(type, handler), name);
    this.isKnown = handler !== undefined;
  }

  override check(olds: Props, news: Props, seed: Uint8Array, wish?: NamingWish): Checked {
    const { inputs, failures } = super.check(olds, news, seed, wish);
    // The engine would stop at the first of them; a plan names them all.
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

  /** A resource that exists outside the program (`aws.s3.Bucket.get`) is taken to be there, as it is described. */
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

/** A handler for any type of the package; of a type that the local cloud has, what it refuses there is no matter. */
function plannable(type: string, handler: Handler | undefined): Handler {
  const { inputs, outputs } = typeInfo(type);
  const taggable = inputs.has("tags");
  if (handler) return { ...handler, refuses: {}, taggable, outputs: [...new Set([...outputs, ...handler.outputs])] };
  return {
    type,
    outputs,
    taggable,
    replaceOn: [],
    // Most types of the provider are named by `name`.
    ...(inputs.has("name") ? { autoname: { property: "name", prefix: "namePrefix", maxLength: 255 } } : {}),
    create: refuse,
    read: refuse,
    update: refuse,
    delete: refuse,
  };
}
