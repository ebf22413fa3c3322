import * as grpc from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import { version } from "@pulumi/aws/package.json";
import { fromStruct, toStruct, UNKNOWN, type Props } from "../../../evaluate/wire";
import { vpcChildren, VPC_TYPE, type Reference, type VpcArguments } from "../../../evaluate/awsx-vpc";

interface Made {
  readonly urn: string;
  readonly id: string;
  readonly outputs: Props;
}

/** Answers an engine's `construct`: registers the component and its children with the engine, as the awsx provider does. */
export async function construct(request: provider.ConstructRequest): Promise<provider.ConstructResponse> {
  const type = request.getType();
  if (type !== VPC_TYPE) throw new Error(`awsx has no ${type} here; it has ${VPC_TYPE}`);
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  try {
    const providers = request.getProvidersMap();
    const aws: string | undefined = providers.get("aws");
    const own = await register(
      monitor,
      new resource.RegisterResourceRequest()
        .setType(type)
        .setName(request.getName())
        .setParent(request.getParent())
        .setProtect(request.getProtect() ?? false)
        .setAliasesList(request.getAliasesList())
        .setDependenciesList(request.getDependenciesList()),
    );
    const { children, outputs } = vpcChildren(request.getName(), fromStruct(request.getInputs()) as VpcArguments);
    const made = new Map<string, Made>();
    const valueOf = ({ of, output }: Reference): unknown => {
      const one = made.get(of);
      return (output === "id" ? one?.id : one?.outputs[output]) || UNKNOWN;
    };
    for (const child of children) {
      const references = Object.entries(child.references);
      const one = new resource.RegisterResourceRequest()
        .setType(child.type)
        .setName(child.name)
        .setCustom(true)
        .setVersion(version)
        .setParent((child.parent && made.get(child.parent)?.urn) || own.urn)
        .setProtect(request.getProtect() ?? false)
        .setAcceptsecrets(true)
        .setDependenciesList([...new Set(references.map(([, { of }]) => made.get(of)?.urn ?? ""))])
        .setObject(
          toStruct({
            ...child.inputs,
            ...Object.fromEntries(references.map(([name, reference]) => [name, valueOf(reference)])),
          }),
        );
      if (aws) one.setProvider(aws);
      for (const [name, { of }] of references) {
        const urns = new resource.RegisterResourceRequest.PropertyDependencies().setUrnsList([made.get(of)?.urn ?? ""]);
        one.getPropertydependenciesMap().set(name, urns);
      }
      made.set(child.key, await register(monitor, one));
    }
    const state = toStruct(
      Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.map(valueOf) : valueOf(value as Reference),
        ]),
      ),
    );
    await new Promise<void>((done, failed) => {
      const told = new resource.RegisterResourceOutputsRequest().setUrn(own.urn).setOutputs(state);
      monitor.registerResourceOutputs(told, (error: Error | null) => (error ? failed(error) : done()));
    });
    const response = new provider.ConstructResponse().setUrn(own.urn).setState(state);
    for (const [name, value] of Object.entries(outputs)) {
      const of = Array.isArray(value) ? (value as readonly Reference[]) : [value as Reference];
      const urns = new provider.ConstructResponse.PropertyDependencies().setUrnsList(
        of.map((one) => made.get(one.of)?.urn ?? ""),
      );
      response.getStatedependenciesMap().set(name, urns);
    }
    return response;
  } finally {
    monitor.close();
  }
}

function register(monitor: ResourceMonitorClient, request: resource.RegisterResourceRequest): Promise<Made> {
  return new Promise((resolve, reject) => {
    monitor.registerResource(request, (error: Error | null, response: resource.RegisterResourceResponse) => {
      if (error) reject(error);
      else resolve({ urn: response.getUrn(), id: response.getId(), outputs: fromStruct(response.getObject()) });
    });
  });
}
