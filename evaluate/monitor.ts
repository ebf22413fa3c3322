import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { VPC_TYPE, vpcChildren, type VpcArguments } from "./awsx/vpc";
import { registerChildren } from "./awsx/walk";
import { answerWithoutCloud, partitionOf } from "./invokes";
import type { RecordedResource } from "./recorded";
import { ACCOUNT, idOf, REGION, stateOf } from "./stand-ins";
import { deserialized, Transforms, type Options } from "./transforms";
import { containsUnknown, type Props } from "./wire";

/** The answers to the data sources of a program, by token. */
export type Answers = Readonly<Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>>;

const PLACE = { account: ACCOUNT, region: REGION, partition: partitionOf(REGION) };

/** The registration of a resource before its transforms have run. */
interface Registration extends Pick<
  RecordedResource,
  "type" | "name" | "custom" | "parent" | "createTimeout" | "provider" | "propertyDependencies" | "dependencies"
> {
  readonly inputs: Props;
  readonly options: Options;
  readonly transforms: ReturnType<RegisterResourceRequest["getTransformsList"]>;
}

interface Registered {
  readonly urn: string;
  readonly id: string | undefined;
  readonly state: Props;
}

type Callback = (error: unknown, response?: unknown) => void;

/** Pulumi's own method for the URNs of resources in tests, which its typings lack. */
interface Urns {
  newUrn(parent: string, type: string, name: string): string;
}

/** Replaces the Pulumi engine for a program, and records the resources that it registers. */
export class RecordingMonitor extends MockMonitor {
  readonly recorded = new Map<string, RecordedResource>();
  /** The failures, which are thrown at the end, because Pulumi would wrap them or wait for ever. */
  readonly failures: unknown[] = [];
  readonly transforms = new Transforms();

  constructor(
    answers: Answers,
    private readonly preview: boolean,
  ) {
    super({
      call: ({ token, inputs }) => {
        const answer = answers[token] ?? answerWithoutCloud(token);
        if (answer) return answer(inputs, PLACE);
        const failure = new Error(`the program invokes ${token}, which has no answer here`);
        this.failures.push(failure);
        throw failure;
      },
      // This answers for resources that a program reads; registrations are answered below.
      newResource: ({ type, name, inputs, id }) => ({
        id,
        state: preview ? inputs : { ...stateOf(type, name, inputs as Props) },
      }),
    });
  }

  override async registerResource(request: RegisterResourceRequest, callback: Callback): Promise<void> {
    try {
      const inputs = (request.getObject()?.toJavaScript() ?? {}) as Props;
      const registered = await this.register(registrationOf(request, inputs));
      const outputs = request.getType() === VPC_TYPE ? await this.expand(request, registered) : {};
      callback(null, answer({ ...registered, state: { ...registered.state, ...outputs } }));
    } catch (error) {
      this.failures.push(error);
      callback(error);
    }
  }

  override registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback): void {
    const resource = this.recorded.get(request.getUrn());
    if (resource) resource.outputs = (request.getOutputs()?.toJavaScript() ?? {}) as Props;
    callback(null, {});
  }

  private async register(registration: Registration): Promise<Registered> {
    const { type, name, custom, parent, transforms } = registration;
    const urn = (this as unknown as Urns).newUrn(parent, type, name);
    this.transforms.place(urn, parent, transforms);
    const { inputs, options } = await this.transforms.apply({ urn, type, name, custom }, registration);
    // In a preview no resource exists yet, so the values that are missing here are unknown to the program.
    const exists = custom && !this.preview;
    const state = exists ? stateOf(type, name, inputs) : inputs;
    const id = exists ? idOf(state) : undefined;
    if (this.recorded.has(urn)) this.failures.push(new Error(`two resources have the URN ${urn}`));
    const { inputs: _before, options: _, transforms: __, ...rest } = registration;
    this.recorded.set(urn, {
      ...rest,
      ...options,
      urn,
      inputs: deserialized(inputs),
      state: id === undefined ? state : { ...state, id },
    });
    this.resources.set(urn, { urn, id: id ?? null, state });
    return { urn, id, state };
  }

  /** Registers the children of a component of another package, as its provider does. */
  private async expand(request: RegisterResourceRequest, component: Registered): Promise<Props> {
    const inputs = this.recorded.get(component.urn)?.inputs as VpcArguments;
    const outputs = await registerChildren(vpcChildren(request.getName(), inputs), component.urn, async (child) => {
      const registered = await this.register({
        ...child,
        custom: true,
        options: { protect: request.getProtect() ?? false, retainOnDelete: false, ignoreChanges: [] },
        createTimeout: "",
        provider: request.getProvidersMap().get("aws") ?? "",
        transforms: [],
      });
      return { ...registered, outputs: registered.state };
    });
    const known = Object.entries(outputs).filter(([, { value }]) => !containsUnknown(value));
    return Object.fromEntries(known.map(([name, { value }]) => [name, value]));
  }
}

function registrationOf(request: RegisterResourceRequest, inputs: Props): Registration {
  const propertyDependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, property) => {
    propertyDependencies[property] = urns.getUrnsList();
  });
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs,
    options: {
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
      ignoreChanges: request.getIgnorechangesList(),
    },
    transforms: request.getTransformsList(),
    createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
    provider: request.getProvider(),
    propertyDependencies,
    dependencies: request.getDependenciesList(),
  };
}

/** Returns the methods of an engine's answer that Pulumi's runtime calls; a real message would copy every value twice. */
const answer = ({ urn, id, state }: Registered): unknown => ({
  getUrn: () => urn,
  getId: () => id ?? "",
  getObject: () => ({ toJavaScript: () => state }),
  getPropertydependenciesMap: () => undefined,
  getResult: () => 0,
  getUnknown: () => false,
});
