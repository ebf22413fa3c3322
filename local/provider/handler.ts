import type { Unwrap } from "@pulumi/pulumi";
import type { CodeStore } from "./archive";
import type { Records } from "./records";
import type { Props } from "../../evaluate/wire";

export type { Props };

/** The type of a resource's arguments (`aws.s3.BucketArgs`) with all promises and outputs resolved. */
export type Inputs<Args> = Unwrap<Args>;

/** The class of an AWS SDK client. */
export type ClientClass<C> = new (configuration: never) => C;

/** The context in which a handler works: clients that reach loopback only, and the place of the resource. */
export interface Context {
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** The resource's name in the program, for error messages. */
  readonly resource: string;
  /** The folder that relative paths of assets and archives refer to. */
  readonly directory: string;
  /** The unpacked code of functions. */
  readonly code: CodeStore;
  /** Returns a client of MiniStack, which is created once for each class and region. */
  client<C>(Client: ClientClass<C>): C;
  /** Checks a request that no emulator supports, without sending it, so that only the stack's state has the resource. */
  record(Client: ClientClass<unknown>, command: object): void;
  /** The resources that no emulator stores, as far as this process knows them. */
  readonly records: Records;
  arn(service: string, resource: string, place?: { readonly region?: string; readonly accountId?: string }): string;
}

/** The rule for the physical name of a resource if the program sets none: `<name>-<7 hex>`, which stays until the resource is replaced. */
export interface Autoname {
  readonly property: string;
  /** The property for a prefix of the name, for example `bucketPrefix`. */
  readonly prefix?: string;
  /** The largest length. A longer name is an error, as with AWS's provider. */
  readonly maxLength: number;
  /** Changes the name to one that the service accepts, for example to lower case. By default the name stays unchanged. */
  transform?(name: string): string;
  /** Returns the required ending of the name, for example `.fifo`. */
  suffix?(inputs: Props): string;
}

/** Reports that the resource exists, so that it is not lost if a later request fails. */
export type Exists = (id: string) => void;

/**
 * The operations of one resource type on the emulator. The framework does the work that all types share: names, default tags, previews,
 * differences, replacement and errors. After `create` and `update` it calls `read` for the outputs, so that these two return only the
 * outputs that no later request returns.
 */
export interface Handler<I = Props> {
  /** The type, for example `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** The outputs that are not inputs. They are unknown in the preview of a creation. */
  readonly outputs: readonly string[];
  /** The members of `outputs`, and inputs that AWS fills in, that an update in place may change. */
  readonly changing?: readonly string[];
  /** The input properties, or dotted paths without indices, whose change replaces the resource. */
  readonly replaceOn: readonly string[];
  /** The meaning of unset inputs: a value equal to it is no difference. False, "", [] and {} need not be listed. */
  readonly defaults?: Props;
  /** The inputs that AWS chooses or keeps if they are unset. They are unknown in the preview of a creation. */
  readonly keeps?: readonly string[];
  /** The inputs that contain JSON text, which is compared by meaning. */
  readonly documents?: readonly string[];
  /** The inputs (dotted paths without indices) that are lists without an order. */
  readonly unordered?: readonly string[];
  /** The inputs that only the provider uses (`forceDestroy`, `skipDestroy`). Their change needs no request. */
  readonly settings?: readonly string[];
  /** The inputs that the local cloud does not accept, each with the alternative. */
  readonly refuses?: Readonly<Record<string, string>>;
  readonly autoname?: Autoname;
  /** Whether the provider's default tags are added to `tags`, and `tagsAll` is an output. */
  readonly taggable?: boolean;
  /** Whether a replacement deletes the old resource first, because only one may exist. With a name set by the program, it always does. */
  readonly deleteBeforeReplace?: boolean;
  /** Returns the problems of the inputs before any request is sent. Unknown values are the framework's unknown marker. */
  check?(inputs: I): readonly { readonly property: string; readonly reason: string }[];
  /** Creates the resource and returns its id, and the outputs that `read` cannot return. */
  create(ctx: Context, inputs: I, exists: Exists): Promise<string | { readonly id: string; readonly outs?: Props }>;
  /**
   * Returns what AWS reports about the resource, by the names of its inputs and outputs; undefined if the resource does not exist. An
   * input that is missing stays as the program set it, and one that is undefined is no longer set. `known` is empty for an import.
   */
  read(ctx: Context, id: string, known: Partial<I> & Props): Promise<Props | undefined>;
  /** Updates the resource in place; without this method no property can change in place. `changed` names the changed input properties. */
  update?(ctx: Context, id: string, olds: I & Props, news: I, changed: ReadonlySet<string>): Promise<Props | void>;
  /** Deletes the resource. The framework treats "not found" as deleted. */
  delete(ctx: Context, id: string, known: I & Props): Promise<void>;
}

/** Returns a handler whose inputs have the type of the arguments `Args`, for the table. */
export function define<Args>(handler: Handler<Inputs<Args>>): Handler {
  return handler as unknown as Handler;
}

/** A data source, for example `aws:index/getRegion:getRegion`. */
export interface Invoke {
  readonly token: string;
  invoke(ctx: Context, args: Props): Promise<Props>;
}

/** Sends a request that reads; returns undefined if its error means that the resource does not exist. */
export async function found<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Returns whether the name or status of an error means that a resource does not exist. Athena has no such name, so its message is read. */
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
