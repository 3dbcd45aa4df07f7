using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers.Protection;

namespace Users;

/// <summary>Tokens are signed, encrypted and checked by the ring's keys as they are at the moment.</summary>
internal static class TokenKeys
{
    public static void Add(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<GenerateTokenContext>(handler => handler.UseSingletonHandler<Signing>().SetOrder(AttachSecurityCredentials.Descriptor.Order + 1));
        server.AddEventHandler<ValidateTokenContext>(handler => handler.UseSingletonHandler<Checking>().SetOrder(ResolveTokenValidationParameters.Descriptor.Order + 1));
        // The module's own endpoint answers.
        server.AddEventHandler<ExtractJsonWebKeySetRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            context.SkipRequest();
            return default;
        }).SetOrder(int.MinValue));
    }

    internal sealed class Signing(KeyRing ring) : IOpenIddictServerHandler<GenerateTokenContext>
    {
        public async ValueTask HandleAsync(GenerateTokenContext context)
        {
            var signing = (await ring.ReadAsync(context.CancellationToken)).Signing;
            context.SigningCredentials = signing.Signs;
            if (context.EncryptionCredentials is not null) context.EncryptionCredentials = signing.Encrypts;
        }
    }

    internal sealed class Checking(KeyRing ring) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public async ValueTask HandleAsync(ValidateTokenContext context)
        {
            var published = (await ring.ReadAsync(context.CancellationToken)).Published;
            context.TokenValidationParameters!.IssuerSigningKeys = published.Select(key => key.Pair);
            context.TokenValidationParameters.TokenDecryptionKeys = published.Select(key => key.Inner);
        }
    }
}
