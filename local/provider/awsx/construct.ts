import * as grpc from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import { version } from "@pulumi/aws/package.json";
import { vpcChildren, VPC_TYPE, type VpcArguments } from "../../../evaluate/awsx/vpc";
import { registerChildren, type ChildRegistration, type RegisteredChild } from "../../../evaluate/awsx/walk";
import { fromStruct, toStruct } from "../../../evaluate/wire";

/** Answers the Pulumi engine's `construct`: registers the component and its children, as the awsx provider does. */
export async function construct(request: provider.ConstructRequest): Promise<provider.ConstructResponse> {
  const type = request.getType();
  if (type !== VPC_TYPE) throw new Error(`the local awsx provider does not support ${type}; it supports ${VPC_TYPE}`);
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  try {
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
    const children = vpcChildren(request.getName(), fromStruct(request.getInputs()) as VpcArguments);
    const outputs = Object.entries(
      await registerChildren(children, own.urn, (child) => register(monitor, childRequest(child, request))),
    );
    const state = toStruct(Object.fromEntries(outputs.map(([name, { value }]) => [name, value])));
    await new Promise<void>((done, failed) => {
      const completed = new resource.RegisterResourceOutputsRequest().setUrn(own.urn).setOutputs(state);
      monitor.registerResourceOutputs(completed, (error: Error | null) => (error ? failed(error) : done()));
    });
    const response = new provider.ConstructResponse().setUrn(own.urn).setState(state);
    for (const [name, { dependencies }] of outputs) {
      const urns = new provider.ConstructResponse.PropertyDependencies().setUrnsList([...dependencies]);
      response.getStatedependenciesMap().set(name, urns);
    }
    return response;
  } finally {
    monitor.close();
  }
}

function childRequest(
  child: ChildRegistration,
  component: provider.ConstructRequest,
): resource.RegisterResourceRequest {
  const request = new resource.RegisterResourceRequest()
    .setType(child.type)
    .setName(child.name)
    .setCustom(true)
    .setVersion(version)
    .setParent(child.parent)
    .setProtect(component.getProtect() ?? false)
    .setAcceptsecrets(true)
    .setDependenciesList([...child.dependencies])
    .setObject(toStruct(child.inputs));
  const aws = component.getProvidersMap().get("aws");
  if (aws) request.setProvider(aws);
  for (const [name, urns] of Object.entries(child.propertyDependencies)) {
    const dependencies = new resource.RegisterResourceRequest.PropertyDependencies().setUrnsList([...urns]);
    request.getPropertydependenciesMap().set(name, dependencies);
  }
  return request;
}

function register(monitor: ResourceMonitorClient, request: resource.RegisterResourceRequest): Promise<RegisteredChild> {
  return new Promise((resolve, reject) => {
    monitor.registerResource(request, (error: Error | null, response: resource.RegisterResourceResponse) => {
      if (error) reject(error);
      else resolve({ urn: response.getUrn(), id: response.getId(), outputs: fromStruct(response.getObject()) });
    });
  });
}
