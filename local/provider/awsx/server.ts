import type * as grpc from "@grpc/grpc-js";
import { version } from "@pulumi/awsx/package.json";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { construct } from "./construct";

/** The `awsx` package: components only, made of resources of the `aws` package. It needs no emulator and keeps nothing. */
export function awsxService(): grpc.UntypedServiceImplementation {
  const answer =
    <Request, Response>(
      method: (request: Request) => Response | Promise<Response>,
    ): grpc.handleUnaryCall<Request, Response> =>
    (call, callback) => {
      Promise.resolve()
        .then(() => method(call.request))
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback({ code: 2, details: error instanceof Error ? error.message : String(error) }),
        );
    };
  return {
    handshake: answer(() => new messages.ProviderHandshakeResponse().setAcceptSecrets(true)),
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),
    getSchema: answer(() => new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: "awsx", version }))),
    getMapping: answer(() => new messages.GetMappingResponse()),
    getMappings: answer(() => new messages.GetMappingsResponse()),
    checkConfig: answer((request: messages.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer(() => new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: answer(() => new messages.ConfigureResponse().setSupportspreview(true).setAcceptsecrets(true)),
    construct: answer(construct),
  };
}
