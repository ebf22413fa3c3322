/** The properties of any resource. They depend on its type, which the reader knows. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `unknown` would make every reader repeat the type it knows
export type Properties = any;

/** One resource as a program registered it. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** The URN of the parent; empty for a resource at the top. */
  readonly parent: string;
  readonly inputs: Properties;
  /** The inputs, and the properties that AWS would add, such as the ARN and the physical name. */
  readonly state: Properties;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly createTimeout: string;
  /** The reference to the provider, `<urn>::<id>`; empty for the default provider. */
  readonly provider: string;
  /** The URNs that each input property comes from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** The URNs of all resources that this one waits for. */
  readonly dependencies: readonly string[];
  /** The outputs that a component has registered; undefined until it registers them. */
  outputs?: Readonly<Record<string, unknown>>;
}
