using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Shared.Kernel;

internal sealed record BodyExample(object Body);

public static class Examples
{
    /// <summary>Shows a body that the endpoint takes, in the description of the interface.</summary>
    public static RouteHandlerBuilder WithExample(this RouteHandlerBuilder endpoint, object body) => endpoint.WithMetadata(new BodyExample(body));
}

/// <summary>Each module describes its endpoints, and says of each who may ask it (<c>x-policy</c>). The program makes one description of all.</summary>
internal static class OpenApi
{
    public static void Add(IServiceCollection services, Module module)
    {
        foreach (var version in ModulePipeline.Versions) services.AddOpenApi(version, options => Describe(options, module, version));
    }

    private static void Describe(OpenApiOptions options, Module module, string version)
    {
        options.ShouldInclude = endpoint => endpoint.RelativePath!.StartsWith(version + "/", StringComparison.Ordinal);
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // Two modules may both have a Line: a module's schemas carry its name, and one that is nested in a use case the use case's.
        var prefix = char.ToUpperInvariant(module.Name[0]) + module.Name[1..] + ".";
        options.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } id
            ? type.Type == typeof(ProblemDetails) ? id : prefix + (type.Type.DeclaringType?.Name ?? "") + id
            : null;
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            operation.AddExtension("x-policy", new JsonNodeExtension(metadata.OfType<IAllowAnonymous>().Any() ? "anyone" : metadata.OfType<IAuthorizeData>().Last().Policy!));
            operation.Deprecated = metadata.OfType<IsDeprecated>().Any();
            if (metadata.OfType<BodyExample>().SingleOrDefault() is { } example)
                operation.RequestBody!.Content!["application/json"].Example = JsonSerializer.SerializeToNode(example.Body, context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
            if (metadata.OfType<TakesIdempotencyKey>().Any())
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = "Idempotency-Key",
                    In = ParameterLocation.Header,
                    Required = true,
                    Description = "The same for each repetition of one request; the first success is answered again.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 100 },
                });
            }

            return Task.CompletedTask;
        });
    }
}
