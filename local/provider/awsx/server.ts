import type * as grpc from "@grpc/grpc-js";
import { version } from "@pulumi/awsx/package.json";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { aboutPackage, method } from "../rpc";
import { construct } from "./construct";

/** Serves the `awsx` package, which has components only. Their children are resources of the `aws` package, so it needs no emulator. */
export const awsxService = (): grpc.UntypedServiceImplementation => ({
  ...aboutPackage("awsx", version),
  handshake: method(() => new messages.ProviderHandshakeResponse().setAcceptSecrets(true)),
  checkConfig: method((request: messages.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews())),
  diffConfig: method(() => new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE)),
  configure: method(() => new messages.ConfigureResponse().setSupportspreview(true).setAcceptsecrets(true)),
  construct: method(construct),
});
