import type { Context, Handler, Props } from "../handler";
import type { Attributes } from "../types/attributes";
import type { Names } from "./members";
import type { ServiceName, Tagging } from "./services";

/** A member of a request that no property gives: its value, or how it follows from the resource's properties. */
export type Fixed = Readonly<Record<string, unknown>>;

export interface Call {
  readonly operation: string;
  /**
   * What is added to the request. It may follow from the properties and the `id`, from the request without it, and, in an update, from the
   * former properties.
   */
  readonly with?: Fixed | ((props: Props, ctx: Context, params: Item, olds: Props) => Fixed);
  /** Properties that the operation would take, and AWS's provider does not give it. */
  readonly without?: readonly string[];
}

export interface Read extends Call {
  /** Where the answer has the resource, e.g. `DBProxies`; `.` is the answer itself. Default: its only structure or list of structures. */
  readonly item?: string;
}

/** A request that changes an existing resource; on creation it is sent for the settings the request that creates does not take. */
export interface Change extends Call {
  /** The properties it is sent for; with `off`, the first decides. Default: every one that the operation has a member for. */
  readonly for?: readonly string[];
  /** The operation that switches off what is not set, e.g. `DeleteRetentionPolicy`. */
  readonly off?: string;
  /** It takes the properties alone that it is sent for, and leaves the others as they are. */
  readonly partial?: boolean;
}

type Declared = Pick<
  Handler,
  | "type"
  | "changing"
  | "defaults"
  | "keeps"
  | "documents"
  | "unordered"
  | "settings"
  | "refuses"
  | "autoname"
  | "deleteBeforeReplace"
  | "check"
>;

/**
 * A resource type of the table: what its requests are called, and what does not follow from AWS's service model and the names of the
 * properties. Outputs and whether it takes tags follow from the SDK's class.
 */
export interface Row extends Declared {
  readonly service: ServiceName;
  readonly create: string | Call;
  /**
   * Names the resource: properties in braces (`"{name}"`, `"{tableName},{streamArn}"`), of which those that are no inputs come from the
   * answer to `create`; or the member of that answer that has the id AWS gave the resource (`"KeyMetadata.KeyId"`).
   */
  readonly id: string;
  /** The member of later requests that takes an id of AWS's. Default: the last part of `id`. */
  readonly key?: string;
  /** Only what is recorded needs none. */
  readonly read?: string | Read;
  /** Absent: nothing but tags changes in place. */
  readonly update?: readonly (string | Change)[];
  /** Absent: the resource goes with the one it belongs to. */
  readonly delete?: string | Call;
  /** Inputs whose change makes AWS replace the resource; `all` are all but tags. */
  readonly replaceOn?: readonly string[] | "all";
  /** The words of what the operations are about. Default: those of `create` after its verb. */
  readonly noun?: string;
  readonly names?: Names;
  /** Structures of the requests and answers that hold the resource's properties, e.g. `TableInput`. */
  readonly within?: readonly string[];
  /** Properties that are an entry each of a map of texts, as SQS and SNS have them. */
  readonly attributes?: Attributes;
  /** Sent where the program says nothing. */
  readonly sends?: Props;
  /** Sent by an update for a property that is no longer set. Default: the one of `defaults`, or nothing. */
  readonly unset?: Props;
  /** Properties that the emulator does not keep, or tells otherwise than AWS: the stack's state keeps them. */
  readonly forgotten?: readonly string[];
  /** Properties that are not set when AWS says nothing of them. */
  readonly cleared?: readonly string[];
  /** Inputs that no request takes by their names: the stack's state alone keeps them, or `prepare` or `wrap` sees to them. */
  readonly unsent?: readonly string[];
  /** Requests for what the first one does not tell; where there is nothing, the answer is undefined. */
  readonly more?: readonly (string | Read)[];
  /** How AWS's word for a property follows from the item it tells. */
  readonly computed?: (held: Held) => Props | Promise<Props>;
  /** The item is there, but on its way out. */
  readonly gone?: (item: Item, id: string) => boolean;
  /** Which item of a list is the resource. Default: the one whose members for the id's properties have its values. */
  readonly matches?: (item: Item, id: string) => boolean;
  readonly tags?: Partial<Tagging>;
  /** EC2's word for the kind of resource, whose tags are given with it; without it, they are set by a request of their own. */
  readonly tagSpecification?: string;
  /** Changes inputs into what the API takes, where that is more than a name. */
  readonly prepare?: (inputs: Props, ctx: Context) => Props;
  /**
   * No emulator knows the type: every request is checked as AWS would, and sent nowhere. Says the outputs that AWS would have given; `id` is
   * among them where it does not follow from the properties.
   */
  readonly recorded?: (made: Made) => Props;
  /** Outputs that only the answer to `create` has, such as a key's secret. */
  readonly once?: (answer: Item) => Props;
  /** What the type does beyond its requests, around the handler made of the row. */
  readonly wrap?: (handler: Handler) => Handler;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- an item has whatever members its service's model says
export type Item = any;

export interface Held {
  readonly ctx: Context;
  readonly id: string;
  readonly item: Item;
  /** The whole answer that the item is in. */
  readonly answer: Item;
  /** What follows from the item without the row. */
  readonly told: Props;
  /** The answers to the requests of `more`. */
  readonly more: readonly Item[];
  readonly known: Props;
}

export interface Made {
  readonly ctx: Context;
  readonly inputs: Props;
  /** Hexadecimal digits, made up. */
  readonly hex: (length: number) => string;
}
