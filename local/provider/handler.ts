import type { Unwrap } from "@pulumi/pulumi";
import type { CodeStore } from "./archive";
import type { Records } from "./records";
import type { Props } from "../../evaluate/wire";

export type { Props };

/** The inputs of a resource's TypeScript arguments (`aws.s3.BucketArgs`), with every promise and output resolved. */
export type Inputs<Args> = Unwrap<Args>;

/** An AWS SDK client's class. */
export type ClientClass<C> = new (configuration: never) => C;

/** What a handler may use: clients that reach loopback only, and where the resource is. */
export interface Context {
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** The resource's own name in the program, for messages. */
  readonly resource: string;
  /** Where relative paths of assets and archives start. */
  readonly directory: string;
  /** Unpacked code of functions. */
  readonly code: CodeStore;
  /** A client of MiniStack, made once a class and region. */
  client<C>(Client: ClientClass<C>): C;
  /** Checks a request no emulator understands, without sending it: the stack's state is then the only record. */
  record(Client: ClientClass<unknown>, command: object): void;
  /** What this process has seen of the resources that no emulator keeps. */
  readonly records: Records;
  arn(service: string, resource: string, place?: { readonly region?: string; readonly accountId?: string }): string;
}

/** How a resource gets its physical name when the program gives none: `<name>-<7 hex>`, stable until it is replaced. */
export interface Autoname {
  readonly property: string;
  /** The property that gives a beginning instead of a whole name, e.g. `bucketPrefix`. */
  readonly prefix?: string;
  /** A longer name is an error, as with AWS's provider. */
  readonly maxLength: number;
  /** Makes a name the service accepts, e.g. lower case. Default: as it is. */
  transform?(name: string): string;
  /** What the name ends with, e.g. `.fifo`. */
  suffix?(inputs: Props): string;
}

/** Tells that the resource exists from here on, so that what fails later does not lose it. */
export type Exists = (id: string) => void;

/**
 * How one resource type is kept in the emulator. The framework does what all types share: names, default tags, previews,
 * differences, replacement, errors. After `create` and `update` it calls `read` for the outputs, so these return only what no
 * later request tells.
 */
export interface Handler<I = Props> {
  /** E.g. `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** Outputs that are not inputs: unknown in the preview of a create. */
  readonly outputs: readonly string[];
  /** Those of `outputs` (or inputs AWS fills in) that an update in place may change. */
  readonly changing?: readonly string[];
  /** Input properties, or dotted paths without indices, whose change makes AWS replace the resource. */
  readonly replaceOn: readonly string[];
  /** What an unset input means: a value equal to it is no difference. False, "", [] and {} need no mention. */
  readonly defaults?: Props;
  /** Inputs that, unset, mean "whatever is there": AWS chooses them or keeps the last value. Unknown in the preview of a create. */
  readonly keeps?: readonly string[];
  /** Inputs that hold JSON text: compared by meaning. */
  readonly documents?: readonly string[];
  /** Inputs (dotted paths without indices) that are lists without an order. */
  readonly unordered?: readonly string[];
  /** Inputs that are the provider's, not AWS's (`forceDestroy`, `skipDestroy`): a change needs no request. */
  readonly settings?: readonly string[];
  /** Inputs the local cloud does not take, each with what to use instead. */
  readonly refuses?: Readonly<Record<string, string>>;
  readonly autoname?: Autoname;
  /** Default tags of the provider are added to `tags`, and `tagsAll` is an output. */
  readonly taggable?: boolean;
  /** When replaced, the old one must go first (no name of its own and only one may exist). With a name the program fixed: always. */
  readonly deleteBeforeReplace?: boolean;
  /** Reasons against the inputs, found before anything is done. Unknown values are the framework's unknown marker. */
  check?(inputs: I): readonly { readonly property: string; readonly reason: string }[];
  /** Returns the id, and outputs that `read` cannot tell. */
  create(ctx: Context, inputs: I, exists: Exists): Promise<string | { readonly id: string; readonly outs?: Props }>;
  /**
   * All that AWS tells about the resource, in the names of its inputs and outputs; undefined when it is gone. An input it does not
   * mention stays as the program gave it; one it mentions as undefined is not set any more. `known` is empty for an import.
   */
  read(ctx: Context, id: string, known: Partial<I> & Props): Promise<Props | undefined>;
  /** Absent: nothing can change in place. `changed` are the names of the changed input properties. */
  update?(ctx: Context, id: string, olds: I & Props, news: I, changed: ReadonlySet<string>): Promise<Props | void>;
  /** The framework takes "not found" for deleted. */
  delete(ctx: Context, id: string, known: I & Props): Promise<void>;
}

/** A handler whose inputs are those of the TypeScript arguments `Args`, ready for the table. */
export function define<Args>(handler: Handler<Inputs<Args>>): Handler {
  return handler as unknown as Handler;
}

/** A data source: `aws:index/getRegion:getRegion`. */
export interface Invoke {
  readonly token: string;
  invoke(ctx: Context, args: Props): Promise<Props>;
}

/** Reads something and takes the errors that mean "there is none" for undefined. */
export async function found<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The names and statuses with which AWS says that something does not exist; Athena has no name of its own for it. */
export function isGone(error: unknown): boolean {
  const { name = "", message, $metadata } = error as Partial<Error> & { $metadata?: { httpStatusCode?: number } };
  return (
    $metadata?.httpStatusCode === 404 ||
    (name === "InvalidRequestException" && /not found|does not exist/i.test(message ?? "")) ||
    /^(NoSuch\w+|NotFound(Exception)?|Invalid\w+\.?NotFound|\w*ResourceNotFound(Exception)?|EntityNotFoundException|\w+(DoesNotExist|NotFound|NonExistentQueue)(Exception|Fault|Error)?|NonExistentQueue|AWS\.SimpleQueueService\.NonExistentQueue|WAFNonexistentItemException)$/.test(
      name,
    )
  );
}
