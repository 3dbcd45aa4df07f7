using Microsoft.AspNetCore.Mvc;
using Shared.Kernel;

namespace Host;

/// <summary>
/// An address may say its version, <c>/v1/orders</c>, or leave that to the header <c>Api-Version</c>: <c>/orders</c> with 1, or with none, is the same.
/// Before routing, so that nothing behind it knows of two ways.
/// </summary>
internal sealed class Versions(Manifest manifest) : IStartupFilter
{
    private const string Header = "Api-Version";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.Use(ReadAsync);
        next(application);
    };

    private async Task ReadAsync(HttpContext context, RequestDelegate next)
    {
        var asked = context.Request.Headers[Header].ToString();
        var first = context.Request.Path.Value!.Split('/') is [_, var segment, ..] ? segment : "";
        var version = asked.Length == 0 ? ModulePipeline.Versions[0] : "v" + asked;
        var fault = !ModulePipeline.Versions.Contains(version) ? $"{Header} is '{asked}': this shop has {string.Join(" and ", ModulePipeline.Versions.Select(known => known[1..]))}."
            : asked.Length > 0 && ModulePipeline.Versions.Contains(first) && first != version ? $"{Header} is '{asked}', and the address says {first}: leave one of them out."
            : null;
        if (fault is not null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails = new ProblemDetails { Status = context.Response.StatusCode, Detail = fault, Extensions = { ["code"] = "version.unknown" } },
            });
            return;
        }

        if (manifest.Modules.Any(module => module.Name == first)) context.Request.Path = $"/{version}{context.Request.Path}";
        await next(context);
    }
}
