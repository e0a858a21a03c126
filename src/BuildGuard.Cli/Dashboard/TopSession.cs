using System.Diagnostics;
using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Linux;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Dashboard;

/// <summary>One run of the dashboard on a terminal: keys in, screens out.</summary>
internal sealed class TopSession(Composition composition, GuardSettings settings, TimeSpan interval)
{
    private const char Escape = '\e';

    private static readonly TimeSpan s_whileEnding = TimeSpan.FromMilliseconds(200);

    private readonly TopSampler _sampler = new(composition, settings);
    private TopModel? _model;
    private TopSort _sort;
    private LeaseId? _selected;
    private TopLease? _asked;
    private string _notice = "";
    private string _problem = "";
    private Task<string>? _ending;

    /// <summary>Shows until a key or a signal ends it.</summary>
    /// <returns>0, or 128 + the signal.</returns>
    public int Run()
    {
        using var screen = new FullScreen();
        long sampled = 0;
        while (true)
        {
            if (_model is null || Stopwatch.GetElapsedTime(sampled) >= interval)
            {
                Look();
                sampled = Stopwatch.GetTimestamp();
            }

            Draw(screen);
            TimeSpan left = interval - Stopwatch.GetElapsedTime(sampled);
            switch (screen.Wait(_ending is null || left < s_whileEnding ? left : s_whileEnding))
            {
                case ScreenEvent.Stopped:
                    return 128 + (screen.Signal == 0 ? 1 : screen.Signal);
                case ScreenEvent.Key when !Take(screen.Key):
                    return ExitCodes.Success;
                default:
                    break;
            }

            if (_ending is { IsCompleted: true } ending)
            {
                (_notice, _ending, sampled) = (ending.Result, null, 0);
            }
        }
    }

    private void Look()
    {
        try
        {
            _model = _sampler.Look();
            _problem = "";
            if (_selected is { } id && !_model.Leases.Any(lease => lease.Id == id))
            {
                _selected = null;
            }
        }
        catch (GuardException e) when (_model is not null)
        {
            // The state directory may go and come back; what was seen last stays.
            _problem = $"{e.Problem.Code}: {e.Problem.Text}";
        }
    }

    private void Draw(FullScreen screen)
    {
        (int width, int height) = FullScreen.Size;
        TopModel model = _model! with { Sort = _sort, Selected = _selected, Asked = _asked, Notice = _notice, Problem = _problem, IsLive = true };
        screen.Show([.. TopLayout.Of(model, width, height).Select(line => line.Render(width, Terminal.HasColours))]);
    }

    /// <summary>Does what a key says; <c>false</c>: end.</summary>
    private bool Take(char key)
    {
        if (_asked is { } lease)
        {
            _asked = null;
            _notice = key is 'y' or 'Y' ? End(lease) : "";
            return true;
        }

        _notice = "";
        switch (key)
        {
            case 'q' or 'Q':
                return false;
            case 'm':
                _sort = TopSort.Memory;
                break;
            case 'c':
                _sort = TopSort.Cpu;
                break;
            case 'a':
                _sort = TopSort.Age;
                break;
            case FullScreen.Up:
                Select(-1);
                break;
            case FullScreen.Down:
                Select(1);
                break;
            case 'k':
                Ask();
                break;
            case Escape:
                _selected = null;
                break;
            default:
                break;
        }

        return true;
    }

    private void Select(int step)
    {
        LeaseId[] ids = [.. (_model! with { Sort = _sort }).Ordered.Select(lease => lease.Id)];
        int at = _selected is { } id ? Array.IndexOf(ids, id) : step > 0 ? -1 : ids.Length;
        _selected = ids.Length == 0 ? null : ids[Math.Clamp(at + step, 0, ids.Length - 1)];
    }

    private void Ask()
    {
        if (_ending is not null)
        {
            return;
        }

        TopLease[] leases = [.. _model!.Leases.Where(lease => _selected is null ? _model.Leases.Count == 1 : lease.Id == _selected)];
        if (leases is not [TopLease lease])
        {
            _notice = _model.Leases.Count == 0 ? "Nobody holds a lease that could be ended here." : "Select a lease first, with the arrows.";
            return;
        }

        if (composition.Innermost() is { } own && own.IsIn(lease.Id))
        {
            _notice = "This dashboard itself runs inside that lease.";
            return;
        }

        _asked = lease;
    }

    private string End(TopLease lease)
    {
        // On a thread of its own, with tools of its own: it may take seconds, and the screen goes on.
        _ending = Task.Run(() =>
        {
            try
            {
                var own = new Composition();
                EmergencyStop stop = own.EmergencyStop("top");
                _ = stop.End(lease.Id, static _ => { });
                _ = own.UnrecordedHolders.End(lease.Id, "top");
                int left = stop.Look(lease.Id).Count + own.UnrecordedHolders.Look(stop.Look(only: null), lease.Id).Count;
                return left == 0 ? $"Ended {lease.Id}." : $"{left} of {lease.Id} are still there: 'buildguard stop {lease.Id}' says more.";
            }
            catch (GuardException e)
            {
                return e.Problem.ToString();
            }
        });
        return $"Ending {lease.Id} …";
    }
}
