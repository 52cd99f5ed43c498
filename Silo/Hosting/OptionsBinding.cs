using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Bzt.Silo.Hosting;

internal static class OptionsBinding
{
    /// <summary>Binds and validates at once, since composition depends on the values; the process does not start on wrong ones.</summary>
    public static T Bind<T>(this IHostApplicationBuilder builder, string section) where T : class, new()
    {
        var options = builder.Configuration.GetSection(section).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();
        var failures = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true))
        {
            throw new OptionsValidationException(section, typeof(T), failures.Select(failure => failure.ErrorMessage ?? section));
        }

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(Options.Create(options));
        return options;
    }
}
