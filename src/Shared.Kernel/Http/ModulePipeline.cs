using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Shared.Kernel;

/// <summary>A module's HTTP pipeline, the same whatever host it is in.</summary>
internal static class ModulePipeline
{
    /// <summary>Bytes of a request's body, unless an endpoint says otherwise.</summary>
    public const long LargestBody = 1_000_000;

    /// <summary>Of the public API: first segments of its addresses.</summary>
    public static readonly IReadOnlyList<string> Versions = ["v1", "v2"];

    public static void Add(IServiceCollection services, Module module)
    {
        services.AddRouting();
        services.AddProblemDetails(Problems.Customize);
        services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        services.AddAuthentication(FromFront.Scheme).AddScheme<AuthenticationSchemeOptions, FromFront>(FromFront.Scheme, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Customer, policy => policy.RequireRole(Policies.Customer, Policies.Operator))
            .AddPolicy(Policies.Operator, policy => policy.RequireRole(Policies.Operator));
        OpenApi.Add(services, module);
    }

    public static void Use(WebApplication application, Module module)
    {
        application.Use(LimitBody);
        application.UseMiddleware<Problems>();
        application.UseStatusCodePages();
        application.UseRouting();
        application.UseAuthentication();
        application.UseAuthorization();

        var routes = application.MapGroup($"/v1/{module.Name}").WithTags(module.Name);
        module.Endpoints(routes);
        module.SecondEndpoints(application.MapGroup($"/v2/{module.Name}").WithTags(module.Name));
        ModuleStatus.Map(routes, module);
        application.MapOpenApi($"/{{documentName}}/{module.Name}/openapi.json").AllowAnonymous();
    }

    private static void Configure(JsonSerializerOptions json)
    {
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        json.NumberHandling = JsonNumberHandling.Strict;
        json.RespectRequiredConstructorParameters = true;
        json.RespectNullableAnnotations = true;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.MaxDepth = 16;
    }

    private static Task LimitBody(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body) body.MaxRequestBodySize = LargestBody;
        return next(context);
    }
}

/// <summary>The front of this process has checked the token; what it found is passed by a feature, not by a header.</summary>
internal sealed class FromFront(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "front";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(Context.Features.Get<CheckedPrincipal>() is { } caller
            ? AuthenticateResult.Success(new AuthenticationTicket(caller.User, Scheme))
            : AuthenticateResult.NoResult());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }
}
