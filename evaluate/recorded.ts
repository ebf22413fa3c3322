/** The properties of any resource: which they are follows from its type, and a reader knows which type it asks for. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `unknown` would make every reader repeat the type it knows
export type Properties = any;

/** What a program registered as one resource. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** The URN of the parent; empty at the top. */
  readonly parent: string;
  readonly inputs: Properties;
  /** The inputs, and what AWS would add: the ARN, the physical name. */
  readonly state: Properties;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly createTimeout: string;
  /** The reference to the provider, `<urn>::<id>`; empty for the default provider. */
  readonly provider: string;
  /** Each input property, and the URNs it was made from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** The URNs of everything it waits for. */
  readonly dependencies: readonly string[];
  /** What a component registered as its outputs; undefined until it did. */
  outputs?: Readonly<Record<string, unknown>>;
}
