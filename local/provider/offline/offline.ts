import * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { isDeepStrictEqual } from "node:util";
import { differences } from "../diff";
import type { Handler, Props } from "../handler";
import { HANDLERS } from "../registry";
import { awsxService } from "../awsx/server";
import { serve } from "../server";
import { parseConfiguration } from "../session";
import { fromStruct, isObject, isUnknown, toStruct, UNKNOWN } from "../../../evaluate/wire";
import { withName } from "../autoname";
import { typeInfo } from "../../../evaluate/type-facts";
import { answerWithoutCloud, partitionOf } from "../../../evaluate/invokes";

export interface OfflineOptions {
  /** The account that programs are told, unless their provider allows only certain ones. */
  readonly account: string;
  /** The region of providers that have none of their own. */
  readonly region: string;
}

export interface OfflineProviders {
  /** What `PULUMI_DEBUG_PROVIDERS` must say for an engine to use them, e.g. `aws:4711`. */
  readonly debugProviders: string;
  stop(): Promise<void>;
}

/**
 * Serves providers that plan without an account: any type of the `aws` package in previews, the data sources that need no AWS, and the
 * components of `awsx`. In this
 * process, on loopback.
 */
export async function startOfflineProviders(options: OfflineOptions): Promise<OfflineProviders> {
  const served = await Promise.all([serve(awsService(options)), serve(awsxService())]);
  const [aws, awsx] = served;
  return {
    debugProviders: `aws:${aws?.port},awsx:${awsx?.port}`,
    async stop(): Promise<void> {
      await Promise.all(served.map((one) => one.stop()));
    },
  };
}

interface Settings {
  readonly account: string;
  readonly region: string;
  readonly defaultTags: Readonly<Record<string, string>>;
}

const ONLY_PREVIEWS =
  "the offline provider only plans: nothing is deployed with it; run `pulumi up` with AWS credentials";
const handlers = new Map(HANDLERS.map((handler) => [handler.type, handler]));

function awsService(options: OfflineOptions): grpc.UntypedServiceImplementation {
  // Every provider resource has a connection of its own.
  const configured = new Map<string, Settings>();
  const unconfigured: Settings = { ...options, defaultTags: {} };

  const answer =
    <Request, Response>(
      method: (request: Request, settings: Settings, peer: string) => Response | Promise<Response>,
    ): grpc.handleUnaryCall<Request, Response> =>
    (call, callback) => {
      const peer = call.getPeer();
      Promise.resolve()
        .then(() => method(call.request, configured.get(peer) ?? unconfigured, peer))
        .then(
          (response) => callback(null, response),
          (error: unknown) =>
            callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
        );
    };
  const refuse = (): never => {
    throw new Error(ONLY_PREVIEWS);
  };

  return {
    handshake: answer(() => new messages.ProviderHandshakeResponse().setSupportsAutonamingConfiguration(true)),
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(packageVersion())),
    getSchema: answer(() =>
      new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: "aws", version: packageVersion() })),
    ),
    getMapping: answer(() => new messages.GetMappingResponse()),
    getMappings: answer(() => new messages.GetMappingsResponse()),
    checkConfig: answer((request: messages.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer((request: messages.DiffRequest) => {
      const [olds, news] = [fromStruct(request.getOldInputs()), fromStruct(request.getNews())];
      return new messages.DiffResponse().setChanges(isDeepStrictEqual(olds, news) ? NONE : SOME);
    }),
    configure: answer((request: messages.ConfigureRequest, _settings, peer) => {
      // No endpoint is ever talked to, so any may be configured.
      const { endpoints: _, ...args } = fromStruct(request.getArgs());
      const { accounts, defaultTags, region } = parseConfiguration({ ...args, region: args.region ?? options.region });
      configured.set(peer, { account: accounts.allowed[0] ?? options.account, defaultTags, region });
      return new messages.ConfigureResponse().setSupportspreview(true).setSupportsAutonamingConfiguration(true);
    }),
    check: answer((request: messages.CheckRequest, settings) => {
      const resource = resourceOf(request.getUrn());
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const wish = request.getAutonaming();
      const { ENFORCE, DISABLE } = messages.CheckRequest.AutonamingOptions.Mode;
      const mode = wish?.getMode();
      const inputs = withName(
        resource.naming,
        resource.name,
        olds,
        news,
        request.getRandomseed_asU8(),
        wish && {
          proposed: wish.getProposedName(),
          mode: mode === ENFORCE ? "enforce" : mode === DISABLE ? "disable" : "propose",
        },
      );
      return new messages.CheckResponse().setInputs(toStruct(withDefaultTags(inputs, resource.type, settings)));
    }),
    diff: answer((request: messages.DiffRequest) => {
      const { naming } = resourceOf(request.getUrn());
      const changes = differences(naming, fromStruct(request.getOldInputs()), fromStruct(request.getNews()));
      const tops = (some: typeof changes): string[] => [
        ...new Set(some.map(({ path }) => /^\w+/.exec(path)?.[0] ?? path)),
      ];
      return new messages.DiffResponse()
        .setChanges(changes.length > 0 ? SOME : NONE)
        .setDiffsList(tops(changes))
        .setReplacesList(tops(changes.filter(({ replaces }) => replaces)));
    }),
    create: answer((request: messages.CreateRequest, settings) => {
      if (!request.getPreview()) refuse();
      const { type } = resourceOf(request.getUrn());
      return new messages.CreateResponse().setProperties(
        toStruct(planned(type, fromStruct(request.getProperties()), settings)),
      );
    }),
    update: answer((request: messages.UpdateRequest, settings) => {
      if (!request.getPreview()) refuse();
      const { type } = resourceOf(request.getUrn());
      const { inputs } = typeInfo(type);
      // What AWS once told stays; what the program said and says no more goes.
      const told = Object.entries(fromStruct(request.getOlds())).filter(([name]) => !inputs.has(name));
      const news = { ...Object.fromEntries(told), ...fromStruct(request.getNews()) };
      return new messages.UpdateResponse().setProperties(toStruct(planned(type, news, settings)));
    }),
    // A resource that exists outside the program (`aws.s3.Bucket.get`): taken to be there. The protocol has no unknown values here;
    // the SDK takes what is not said for unknown.
    read: answer((request: messages.ReadRequest) =>
      new messages.ReadResponse()
        .setId(request.getId())
        .setProperties(toStruct({ ...fromStruct(request.getProperties()), ...fromStruct(request.getInputs()) }))
        .setInputs(request.getInputs()),
    ),
    delete: answer(refuse),
    invoke: answer((request: messages.InvokeRequest, settings) => {
      const args = fromStruct(request.getArgs());
      const result = invoke(request.getTok(), args, settings.account, String(args.region ?? settings.region));
      return new messages.InvokeResponse().setReturn(toStruct(result));
    }),
  };
}

const { DIFF_NONE: NONE, DIFF_SOME: SOME } = messages.DiffResponse.DiffChanges;

interface PlannedResource {
  readonly type: string;
  readonly name: string;
  /** How it gets its name and what its replacement depends on, as far as known. */
  readonly naming: Handler;
}

function resourceOf(urn: string): PlannedResource {
  const [, , types = "", name = ""] = urn.split("::");
  const type = types.split("$").at(-1) ?? "";
  return { type, name, naming: handlers.get(type) ?? unhandled(type) };
}

/** A type the local cloud does not have: most of the provider's are named by `name`, and nothing is known to replace them. */
function unhandled(type: string): Handler {
  const { inputs, outputs } = typeInfo(type);
  return {
    type,
    outputs,
    replaceOn: [],
    ...(inputs.has("name") ? { autoname: { property: "name", prefix: "namePrefix", maxLength: 255 } } : {}),
    create: never,
    read: never,
    update: never,
    delete: never,
  };
}

const never = (): never => {
  throw new Error(ONLY_PREVIEWS);
};

function withDefaultTags(inputs: Props, type: string, { defaultTags }: Settings): Props {
  if (!typeInfo(type).inputs.has("tags") || Object.keys(defaultTags).length === 0 || isUnknown(inputs.tags))
    return inputs;
  return { ...inputs, tags: { ...defaultTags, ...(isObject(inputs.tags) ? inputs.tags : {}) } };
}

/** The inputs as they are; what AWS will tell is unknown. */
function planned(type: string, inputs: Props, { region }: Settings): Props {
  const info = typeInfo(type);
  const handler = handlers.get(type);
  const unknown = [...info.outputs, ...(handler?.outputs ?? []), ...(handler?.keeps ?? [])].filter(
    (name) => !name.includes(".") && inputs[name] === undefined,
  );
  const { __defaults: _, ...known } = inputs;
  return {
    ...Object.fromEntries(unknown.map((name) => [name, UNKNOWN])),
    ...(info.inputs.has("region") ? { region } : {}),
    ...known,
    ...(info.outputs.includes("tagsAll") ? { tagsAll: inputs.tags ?? {} } : {}),
  };
}

function invoke(token: string, args: Props, account: string, region: string): Props {
  const answer = answerWithoutCloud(token);
  if (answer) return answer(args, { account, region, partition: partitionOf(region) });
  throw new Error(`${token} asks AWS, and a plan has no AWS to ask: take the value from the configuration instead`);
}

function packageVersion(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- data of a package
  return (require("@pulumi/aws/package.json") as { version: string }).version;
}
