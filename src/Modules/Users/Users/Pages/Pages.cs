using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Users;

/// <summary>Shows the provider's pages: they work without scripts, are not kept, not framed, and post to nobody else.</summary>
internal sealed class Pages(IAntiforgery antiforgery, ProviderSettings settings)
{
    // Browsers hold a form to its policy on the way that its answer redirects to, too: the clients' addresses are on that way.
    private readonly string _policy =
        $"default-src 'none'; style-src {Template.StyleHash}; form-action {string.Join(' ', settings.Clients.SelectMany(client => client.RedirectUris.Concat(client.SignedOutUris)).Select(SourceOf).Prepend("'self'").Distinct())}; frame-ancestors 'none'; base-uri 'none'";

    public static readonly IReadOnlyDictionary<string, string[]> NoErrors = new Dictionary<string, string[]>();

    public static void Add(IServiceCollection services, ProviderSettings settings)
    {
        services.AddAntiforgery(forms =>
        {
            forms.Cookie = new OwnCookie("shop-form", settings.IsSecure);
            forms.FormFieldName = "csrf";
        });
        // Otherwise it is the host's folder: moved, it could not open second factors, links and cookies any more. Named as that of the container, where all of them stay good.
        services.AddDataProtection().SetApplicationName("/app/");
        services.AddSingleton<IXmlRepository, ProtectionKeys>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(module => new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = module.GetRequiredService<IXmlRepository>()));
        services.AddSingleton<Pages>();
    }

    public Task<bool> IsOwnFormAsync(HttpContext http) => antiforgery.IsRequestValidAsync(http);

    public IResult StaleForm(HttpContext http, string path, string title) => Message(
        http, StatusCodes.Status400BadRequest, "Please try again", "This form was opened too long ago, or in another browser, or this browser keeps no cookies.", path, title);

    public IResult Message(HttpContext http, int status, string heading, string message, string? path = null, string? link = null) => Show(http, status, "Message", heading, NoErrors, new()
    {
        ["heading"] = heading,
        ["message"] = message,
        ["link"] = new Html(path is null ? "" : $"<p><a href=\"{Html.Encoded(path)}\">{Html.Encoded(link!)}</a></p>"),
    });

    /// <summary>The same whether a mail is on its way or not.</summary>
    public IResult MailSent(HttpContext http, string email, string condition) => Message(
        http, StatusCodes.Status200OK, "Look into your mail", $"If {email.Trim()} {condition}, a mail is on its way. If it does not come, look among the unwanted ones, and ask again in some minutes.", "/v1/users/sign-in", "Sign in");

    public IResult Text(HttpContext http, string template, string title, Dictionary<string, object> values) => Show(http, StatusCodes.Status200OK, template, title, NoErrors, values);

    /// <param name="then">Where a browser goes when the form has done its work.</param>
    /// <param name="errors">By field; one of no field has the key "".</param>
    public IResult Form(HttpContext http, string template, string title, string? then, IReadOnlyDictionary<string, string[]> errors, Dictionary<string, object>? values = null)
    {
        var tokens = antiforgery.GetAndStoreTokens(http);
        var query = then is null ? "" : $"?return={Uri.EscapeDataString(then)}";
        return Show(http, errors.Count > 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK, template, title, errors, new(values ?? [])
        {
            ["hidden"] = new Html(Hidden(tokens.FormFieldName, tokens.RequestToken!) + (then is null ? "" : Hidden("return", then))),
            ["query"] = query,
        });
    }

    private IResult Show(HttpContext http, int status, string template, string title, IReadOnlyDictionary<string, string[]> errors, Dictionary<string, object> values)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = _policy;
        headers.CacheControl = "no-store";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";

        var form = new FormErrors(errors);
        var body = Template.Fill(template, place => form.At(place) ?? values[place]);
        var page = Template.Fill("Layout", place => place switch
        {
            "title" => errors.Count > 0 ? $"Error: {title}" : title,
            "summary" => form.Summary(),
            _ => body,
        });
        return Results.Text(page.Text, "text/html; charset=utf-8", statusCode: status);
    }

    private static string Hidden(string name, string value) => $"<input type=\"hidden\" name=\"{Html.Encoded(name)}\" value=\"{Html.Encoded(value)}\">";

    private static string SourceOf(string uri) => new Uri(uri) is var to && to.Scheme is "http" or "https" ? to.GetLeftPart(UriPartial.Authority) : $"{to.Scheme}:";
}
