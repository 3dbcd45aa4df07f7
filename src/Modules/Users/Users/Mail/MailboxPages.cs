using System.Globalization;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shared.Kernel;

namespace Users;

/// <summary>The embedded mailbox in a browser: the newest mails, and one of them. For anybody in Development, elsewhere for operators, by their token or their session.</summary>
internal static class MailboxPages
{
    private const string Path = "/v1/users/mailbox", Title = "Mailbox";

    public static void Map(IEndpointRouteBuilder users)
    {
        var host = users.ServiceProvider.GetRequiredService<IHostEnvironment>();

        users.MapGet("/mailbox", async (HttpContext http, Mailbox mailbox, Pages pages, ProviderSettings provider, IQuerySession db, UsersSettings settings, CancellationToken ct) =>
                host.IsDevelopment() || await IsOperator(http, provider, db, settings, ct) ? pages.Text(http, "Mailbox", Title, new() { ["letters"] = Listed(await mailbox.Read(null, ct)) }) : NotForYou(http, pages))
            .WithName("MailboxPage").ExcludeFromDescription().ForAnyone();

        users.MapGet("/mailbox/{id:guid}", async (Guid id, HttpContext http, Mailbox mailbox, Pages pages, ProviderSettings provider, IQuerySession db, UsersSettings settings, CancellationToken ct) =>
            {
                if (!host.IsDevelopment() && !await IsOperator(http, provider, db, settings, ct)) return NotForYou(http, pages);
                if (await mailbox.Read(id, ct) is not [var letter]) return pages.Message(http, StatusCodes.Status404NotFound, "There is no such mail", "Mails are kept for thirty days.", Path, Title);

                return pages.Text(http, "Letter", letter.Subject, new() { ["subject"] = letter.Subject, ["recipient"] = letter.To, ["at"] = At(letter), ["text"] = letter.Text });
            })
            .WithName("LetterPage").ExcludeFromDescription().ForAnyone();
    }

    private static async Task<bool> IsOperator(HttpContext http, ProviderSettings provider, IQuerySession db, UsersSettings settings, CancellationToken ct) =>
        http.User.IsInRole(Policies.Operator)
        || (provider.IsOn && await Session.OwnerAsync(http, db, settings, ct) is { Account.Role: Role.Operator });

    private static IResult NotForYou(HttpContext http, Pages pages) =>
        pages.Message(http, StatusCodes.Status403Forbidden, "For operators only", "Sign in as an operator to read the shop's mails.", SignInPage.To(null), "Sign in");

    private static Html Listed(IReadOnlyList<Letter> letters) => new(letters.Count == 0 ? "<p>There is no mail.</p>" : "<ul>" + string.Concat(letters.Select(letter =>
        $"<li><a href=\"{Path}/{letter.Id}\">{Html.Encoded(letter.Subject)}</a><br>{Html.Encoded(letter.To)}, {Html.Encoded(At(letter))}</li>")) + "</ul>");

    private static string At(Letter letter) => letter.At.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
