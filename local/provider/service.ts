import * as grpc from "@grpc/grpc-js";
import { version } from "@pulumi/aws/package.json";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { fromStruct, toStruct } from "../../evaluate/wire";
import type { NamingWish } from "./autoname";
import type { Difference } from "./diff";
import type { Props } from "./handler";
import { describe, PartlyCreated, type Lifecycle } from "./lifecycle";
import { aboutPackage, method } from "./rpc";
import type { Session } from "./session";

/** The operations that differ between a deployment and a plan. */
export interface Mode {
  /** Creates the session of one connection of the Pulumi engine, before it is configured. */
  session(): Session;
  resource(session: Session, type: string, name: string): Lifecycle;
  /** Answers a data source. */
  invoke(session: Session, token: string, args: Props): Promise<Props>;
}

/** Implements the `aws` package on Pulumi's provider protocol. */
export function awsService(mode: Mode): grpc.UntypedServiceImplementation {
  // Every provider resource has its own connection, so the peer identifies the configuration for a request.
  const sessions = new Map<string, Session>();
  let latest = mode.session();
  const answer = <Request, Response>(
    respond: (request: Request, session: Session) => Promise<Response> | Response,
  ): grpc.handleUnaryCall<Request, Response> =>
    method((request: Request, peer) => respond(request, sessions.get(peer) ?? latest));
  /** The type and the name are also in the URN: `urn:pulumi:stack::project::parent$type::name`. */
  const lifecycle = (session: Session, request: { getUrn(): string }): Lifecycle => {
    const [, , types = "", name = ""] = request.getUrn().split("::");
    return mode.resource(session, types.split("$").at(-1) ?? "", name);
  };

  return {
    ...aboutPackage("aws", version),
    handshake: method((request: messages.ProviderHandshakeRequest, peer) => {
      // This is a new engine, which may use the port of an earlier one.
      latest = mode.session();
      sessions.set(peer, latest);
      latest.directory = request.getProgramDirectory() || latest.directory;
      return new messages.ProviderHandshakeResponse().setAcceptSecrets(true).setSupportsAutonamingConfiguration(true);
    }),
    checkConfig: answer((request: messages.CheckRequest, session) => {
      const news = request.getNews();
      session.parse(fromStruct(news));
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
        const planned = await resource.plannedCreate(inputs);
        return new messages.CreateResponse().setProperties(toStruct(planned, given));
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
      // In the protocol, an empty answer means that the resource does not exist.
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
      const result = await mode.invoke(session, request.getTok(), fromStruct(request.getArgs()));
      return new messages.InvokeResponse().setReturn(toStruct(result));
    }),
  };
}

const { DIFF_NONE: NONE, DIFF_SOME: SOME } = messages.DiffResponse.DiffChanges;

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

/** Reports to the Pulumi engine that the resource exists although a later request failed, so that it is not lost. */
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
  // Go's gRPC library reads structured details from this key; the JavaScript library has no interface for it.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details, metadata };
}
