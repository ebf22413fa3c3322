import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { version } from "@pulumi/aws/package.json";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { CodeStore } from "./archive";
import { awsxService } from "./awsx/server";
import type { NamingWish } from "./autoname";
import { Clients, type Endpoints, type RequestCheck } from "./clients";
import type { Difference } from "./diff";
import type { Props } from "./handler";
import { describe, Lifecycle, PartlyCreated } from "./lifecycle";
import { handlerOf, invokeOf } from "./registry";
import { parseConfiguration, Session } from "./session";
import { fromStruct, toStruct } from "../../evaluate/wire";

export interface RunningProvider {
  readonly port: number;
  readonly awsxPort: number;
  /** What `PULUMI_DEBUG_PROVIDERS` must say for an engine to use it. */
  readonly attachment: string;
  stop(): Promise<void>;
}

export interface ProviderOptions {
  readonly endpoints: Endpoints;
  /** What AWS would refuse about a request. */
  readonly check: RequestCheck;
  /** Where the unpacked code of functions lives; it must outlive the emulator's state. */
  readonly codeDirectory: string;
  /** Where to serve `awsx`. Default: any free port. */
  readonly awsxPort?: number;
}

type Method<Request, Response> = (request: Request, session: Session) => Promise<Response> | Response;

/** Serves the packages `aws` and `awsx` on free loopback ports. */
export async function serveProvider({
  endpoints,
  check,
  codeDirectory,
  awsxPort,
}: ProviderOptions): Promise<RunningProvider> {
  const [aws, awsx] = await Promise.all([
    serve(service(new Clients(endpoints, check), new CodeStore(codeDirectory))),
    serve(awsxService(), awsxPort),
  ]);
  return {
    port: aws.port,
    awsxPort: awsx.port,
    attachment: `aws:${aws.port},awsx:${awsx.port}`,
    stop: async () => {
      await Promise.all([aws.stop(), awsx.stop()]);
    },
  };
}

/** Serves one package. */
export async function serve(
  implementation: grpc.UntypedServiceImplementation,
  wanted = 0,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${wanted}`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    stop: () =>
      new Promise((stopped) => {
        server.tryShutdown(() => stopped());
        server.forceShutdown();
      }),
  };
}

function service(clients: Clients, code: CodeStore): grpc.UntypedServiceImplementation {
  // Every provider resource has a connection of its own, so the peer tells whose configuration a request is under.
  const sessions = new Map<string, Session>();
  let latest = new Session(clients, code);
  const sessionOf = (peer: string): Session => sessions.get(peer) ?? latest;
  const open = (peer: string): void => {
    latest = new Session(clients, code);
    sessions.set(peer, latest);
  };

  const answer =
    <Request, Response>(method: Method<Request, Response>): grpc.handleUnaryCall<Request, Response> =>
    (call, callback) => {
      Promise.resolve()
        .then(() => method(call.request, sessionOf(call.getPeer())))
        .then((response) => callback(null, response))
        .catch((error: unknown) =>
          callback(isStatus(error) ? error : { code: grpc.status.UNKNOWN, details: describe(error) }),
        );
    };
  return {
    handshake: (
      call: grpc.ServerUnaryCall<messages.ProviderHandshakeRequest, messages.ProviderHandshakeResponse>,
      callback: grpc.sendUnaryData<messages.ProviderHandshakeResponse>,
    ) => {
      // A new engine, maybe on the port of one that is gone.
      open(call.getPeer());
      answer((request: messages.ProviderHandshakeRequest, session) => {
        session.directory = request.getProgramDirectory() || session.directory;
        return new messages.ProviderHandshakeResponse().setAcceptSecrets(true).setSupportsAutonamingConfiguration(true);
      })(call, callback);
    },
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),
    getSchema: answer(() =>
      new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: "aws", version: version })),
    ),
    getMapping: answer(() => new messages.GetMappingResponse()),
    getMappings: answer(() => new messages.GetMappingsResponse()),
    checkConfig: answer((request: messages.CheckRequest) => {
      const news = request.getNews();
      parseConfiguration(fromStruct(news));
      return new messages.CheckResponse().setInputs(news);
    }),
    diffConfig: answer((request: messages.DiffRequest) => {
      const same = JSON.stringify(fromStruct(request.getOldInputs())) === JSON.stringify(fromStruct(request.getNews()));
      return new messages.DiffResponse().setChanges(same ? NONE : SOME);
    }),
    configure: answer(async (request: messages.ConfigureRequest, session) => {
      await session.configure(fromStruct(request.getArgs()));
      return new messages.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true);
    }),
    check: answer((request: messages.CheckRequest, session) => {
      const { inputs, failures } = lifecycle(session, request).check(
        fromStruct(request.getOlds()),
        fromStruct(request.getNews()),
        request.getRandomseed_asU8(),
        namingWish(request.getAutonaming()),
      );
      return new messages.CheckResponse()
        .setInputs(toStruct(inputs, request.getNews()))
        .setFailuresList(
          failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason)),
        );
    }),
    diff: answer((request: messages.DiffRequest, session) => {
      const { changes, deleteBeforeReplace } = lifecycle(session, request).diff(
        fromStruct(request.getOldInputs()),
        fromStruct(request.getNews()),
      );
      return diffResponse(changes, deleteBeforeReplace);
    }),
    create: answer(async (request: messages.CreateRequest, session) => {
      const resource = lifecycle(session, request);
      const given = request.getProperties();
      const inputs = fromStruct(given);
      if (request.getPreview()) {
        return new messages.CreateResponse().setProperties(toStruct(resource.plannedCreate(inputs), given));
      }
      const created = await resource.create(inputs).catch((error: unknown) => {
        throw error instanceof PartlyCreated ? failure(error, given) : error;
      });
      return new messages.CreateResponse().setId(created.id).setProperties(toStruct(created.properties, given));
    }),
    read: answer(async (request: messages.ReadRequest, session) => {
      const result = await lifecycle(session, request).read(
        request.getId(),
        fromStruct(request.getInputs()),
        fromStruct(request.getProperties()),
      );
      // An empty answer is the protocol's way to say that it is gone.
      if (!result) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(result.id)
        .setProperties(toStruct(result.properties, request.getProperties(), request.getInputs()))
        .setInputs(toStruct(result.inputs, request.getInputs()));
    }),
    update: answer(async (request: messages.UpdateRequest, session) => {
      const resource = lifecycle(session, request);
      const [olds, oldInputs, news] = [request.getOlds(), request.getOldInputs(), request.getNews()].map(
        fromStruct,
      ) as [Props, Props, Props];
      const properties = request.getPreview()
        ? resource.plannedUpdate(olds, oldInputs, news)
        : await resource.update(request.getId(), olds, oldInputs, news);
      return new messages.UpdateResponse().setProperties(toStruct(properties, request.getNews()));
    }),
    delete: answer(async (request: messages.DeleteRequest, session) => {
      await lifecycle(session, request).delete(request.getId(), fromStruct(request.getProperties()));
      return new Empty();
    }),
    invoke: answer(async (request: messages.InvokeRequest, session) => {
      const invoke = invokeOf(request.getTok());
      const args = fromStruct(request.getArgs());
      const result = await invoke.invoke(await session.context(request.getTok(), args.region), args);
      return new messages.InvokeResponse().setReturn(toStruct(result));
    }),
  };
}

const { DIFF_NONE: NONE, DIFF_SOME: SOME } = messages.DiffResponse.DiffChanges;

/** The type and name are in the URN too: `urn:pulumi:stack::project::parent$type::name`. */
function lifecycle(session: Session, request: { getUrn(): string }): Lifecycle {
  const [, , types = "", name = ""] = request.getUrn().split("::");
  return new Lifecycle(session, handlerOf(types.split("$").at(-1) ?? ""), name);
}

function namingWish(options: messages.CheckRequest.AutonamingOptions | undefined): NamingWish | undefined {
  if (!options) return undefined;
  const { ENFORCE, DISABLE } = messages.CheckRequest.AutonamingOptions.Mode;
  const mode = options.getMode();
  return {
    proposed: options.getProposedName(),
    mode: mode === ENFORCE ? "enforce" : mode === DISABLE ? "disable" : "propose",
  };
}

function diffResponse(changes: readonly Difference[], deleteBeforeReplace: boolean): messages.DiffResponse {
  const response = new messages.DiffResponse().setChanges(changes.length > 0 ? SOME : NONE).setHasdetaileddiff(true);
  const kinds = messages.PropertyDiff.Kind;
  const tops = new Set<string>();
  const replaced = new Set<string>();
  for (const { path, kind, replaces } of changes) {
    const top = /^\w+/.exec(path)?.[0] ?? path;
    tops.add(top);
    if (replaces) replaced.add(top);
    const name = `${kind.toUpperCase() as "ADD" | "DELETE" | "UPDATE"}${replaces ? "_REPLACE" : ""}` as const;
    response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(kinds[name]).setInputdiff(true));
  }
  return response
    .setDiffsList([...tops])
    .setReplacesList([...replaced])
    .setDeletebeforereplace(replaced.size > 0 && deleteBeforeReplace);
}

const isStatus = (error: unknown): error is grpc.StatusObject =>
  !(error instanceof Error) && typeof (error as { code?: unknown })?.code === "number";

/** Tells the engine that the resource exists although something failed after its creation, so that it is not lost. */
function failure(error: PartlyCreated, given: Parameters<typeof toStruct>[1]): grpc.StatusObject {
  const details = describe(error);
  const partial = new messages.ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(toStruct(error.properties, given))
    .setInputs(toStruct(error.properties, given))
    .setReasonsList([details]);
  const packed = new Any();
  packed.pack(partial.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(details);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  // Go's gRPC reads structured details from this key; the JavaScript library has no interface for it.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details, metadata };
}
