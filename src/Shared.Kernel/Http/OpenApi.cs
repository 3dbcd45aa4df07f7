using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Shared.Kernel;

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
