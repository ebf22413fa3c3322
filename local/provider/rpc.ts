import * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { describe } from "./lifecycle";

export interface Served {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves one package on a loopback port, by default on a free one. */
export async function serve(implementation: grpc.UntypedServiceImplementation, wanted = 0): Promise<Served> {
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

/** Turns a function of the request and its connection into a method of the protocol; an error is sent as its message. */
export function method<Request, Response>(
  answer: (request: Request, peer: string) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request, call.getPeer()))
      .then((response) => callback(null, response))
      .catch((error: unknown) =>
        callback(isStatus(error) ? error : { code: grpc.status.UNKNOWN, details: describe(error) }),
      );
  };
}

const isStatus = (error: unknown): error is grpc.StatusObject =>
  !(error instanceof Error) && typeof (error as { code?: unknown })?.code === "number";

/** The methods that every package implements in the same way. */
export const aboutPackage = (name: string, version: string): grpc.UntypedServiceImplementation => ({
  attach: method(() => new Empty()),
  cancel: method(() => new Empty()),
  getPluginInfo: method(() => new plugin.PluginInfo().setVersion(version)),
  getSchema: method(() => new messages.GetSchemaResponse().setSchema(JSON.stringify({ name, version }))),
  getMapping: method(() => new messages.GetMappingResponse()),
  getMappings: method(() => new messages.GetMappingsResponse()),
});
